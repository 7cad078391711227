"""What went wrong, as a sentence in the language of whoever typed the command, and as an exit code."""

import sys
import traceback

from dinghuo.entry.cli import NO_ADDRESS, REFUSED, UNREACHABLE, USAGE
from dinghuo.entry.cli.say import language
from dinghuo.entry.crew import GaveUp
from dinghuo.entry.listening import CannotListen
from dinghuo.kit.errors import MALFORMED, Fault, Message, Refused

CANNOT_REACH = Message(
    "cli-database-unreachable", "无法连接数据库：{reason}", "The database cannot be reached: {reason}", 503
)
CANNOT_LISTEN = Message("cli-cannot-listen", "无法监听 {reason}", "Cannot listen on {reason}", 503)
GAVE_UP = Message("cli-gave-up", "进程反复异常退出：{reason}", "Gave up: {reason}", 500)
SCHEMA_OLD = Message(
    "schema-not-current",
    "数据库结构为版本 {found}，需要 {wanted}：请先运行 dinghuo migrate",
    "The database's schema is at {found}, {wanted} is needed: run dinghuo migrate first",
)
NO_TENANT = Message(
    "cli-no-tenant", "没有代码为“{code}”的企业", "There is no company with the code '{code}'", MALFORMED
)


class Misconfigured(Refused):
    """The environment says something that makes no sense."""


class Unreachable(Exception):
    """The database cannot be reached, or the embedded one not started."""


def explain(error: Exception) -> int:
    """Tell it on standard error; the exit code."""
    if isinstance(error, Refused):
        for fault in error.faults:
            _tell(fault)
        return USAGE if isinstance(error, Misconfigured) else REFUSED
    known = {
        Unreachable: (CANNOT_REACH, UNREACHABLE),
        CannotListen: (CANNOT_LISTEN, NO_ADDRESS),
        GaveUp: (GAVE_UP, 1),
    }
    for kind, (message, code) in known.items():
        if isinstance(error, kind):
            _tell(message("", reason=str(error)))
            return code
    traceback.print_exception(error)
    return REFUSED


def _tell(fault: Fault) -> None:
    place = f"{fault.field}: " if fault.field else ""
    print(f"dinghuo: {place}{fault.sentence(language())}", file=sys.stderr)

"""How `dinghuo demo` runs, and what people see of it."""

import asyncio
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table

from dinghuo.entry.cli.installation import progress, reachable, settings
from dinghuo.entry.cli.say import language
from dinghuo.entry.demo.company import COMPANY
from dinghuo.entry.demo.dealers import DEALER_BY_CODE
from dinghuo.entry.demo.people import DEALER_USERS, STAFF
from dinghuo.entry.demo.remove import remove
from dinghuo.entry.demo.seed import Seeded, seed
from dinghuo.entry.demo.seed_company import PASSWORD
from dinghuo.entry.listening import bind
from dinghuo.entry.logs import configure_logging
from dinghuo.entry.migrate import migrate
from dinghuo.entry.serve import serve
from dinghuo.identity.default_roles import DEFAULT_ROLES
from dinghuo.identity.permissions import Audience
from dinghuo.kit.config import Settings
from dinghuo.kit.database import Database

_WORDS = {
    "zh": {
        "company": "企业、商品、价格、库存",
        "orders": "七周的订单",
        "schema": "准备数据库结构 …",
        "title": "演示企业：",
        "code": "企业代码",
        "console": "管理后台",
        "portal": "订货门户",
        "api_docs": "接口文档",
        "role": "角色",
        "name": "姓名",
        "login": "登录名",
        "password": "所有人的密码",
        "customer": "经销商",
        "stop": "按 Ctrl-C 停止。",
        "public": "演示密码人人皆知，而 {host} 能被其他机器访问。",
    },
    "en": {
        "company": "Company, goods, prices, stock",
        "orders": "Seven weeks of orders",
        "schema": "Bringing the schema up to date …",
        "title": "Demo company: ",
        "code": "company code",
        "console": "Console",
        "portal": "Portal",
        "api_docs": "API docs",
        "role": "Role",
        "name": "Name",
        "login": "Login",
        "password": "everybody's password",
        "customer": "Dealer",
        "stop": "Ctrl-C stops it.",
        "public": "Everybody knows the demo's passwords, and {host} can be reached from other machines.",
    },
}
_PLACES = ("console", "portal", "api_docs")
_CLIENTS = {"console": "/", "portal": "/portal/"}
_THIS_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line said; `given` goes before the environment's settings."""

    given: Mapping[str, str | int | None]
    fresh: bool
    serve: bool
    as_json: bool


class Account(msgspec.Struct, frozen=True):
    """Somebody who may sign in."""

    audience: Audience
    role: str
    role_name: str
    name: str
    login: str
    password: str
    customer: str | None = None
    customer_name: str | None = None


class Company(msgspec.Struct, frozen=True):
    code: str
    name: str


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """What `--json` says. Addresses are there once they answer."""

    is_new: bool
    company: Company
    accounts: list[Account]
    pid: int | None = None
    url: str | None = None
    console: str | None = None
    portal: str | None = None
    api_docs: str | None = None


def make_demo(wanted: Wanted) -> None:
    """Carry the command out. A log of every request would bury what it prints: only who asks for it gets one."""
    level = None if os.environ.get("DINGHUO_LOG") else "warning"
    chosen = settings(**wanted.given, log_level=level)
    configure_logging(chosen.log_level)
    if wanted.serve:
        # Nobody waits for a company that cannot be shown.
        for bound in bind(chosen.host, chosen.port, 1):
            bound.close()
    asyncio.run(_run(chosen, wanted))


async def _run(chosen: Settings, wanted: Wanted) -> None:
    async with reachable(chosen) as urls:
        with progress.status(_words()["schema"]):
            await migrate(urls.owner)
        if wanted.fresh:
            await remove(urls.owner)
        seeded = await _seed(urls.app)

        def tell(url: str | None) -> None:
            said = _told(seeded, url)
            print(msgspec.json.encode(said).decode(), flush=True) if wanted.as_json else _show(said)

        if not wanted.serve:
            tell(None)
            return
        if chosen.host not in _THIS_MACHINE:
            progress.print(_words()["public"].format(host=chosen.host), style="yellow")
        await serve(chosen, worker=True, ready=tell)


async def _seed(url: str) -> Seeded:
    database = Database(url, pool_size=1, name="dinghuo-demo")
    try:
        with _bars() as tell_progress:
            return await seed(database, progress=tell_progress)
    finally:
        await database.close()


@contextmanager
def _bars() -> Iterator[Callable[[str, int, int], None]]:
    """A bar a stage on standard error, where somebody looks."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=progress, disable=not progress.is_terminal) as bars:
        tasks = {}

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(_words()[stage], total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield tell


def _told(seeded: Seeded, url: str | None) -> Told:
    company = Company(COMPANY.code, COMPANY.name_zh if language() == "zh" else COMPANY.name_en)
    if url is None:
        return Told(seeded.is_new, company, accounts())
    clients = {name: f"{url}{path}" for name, path in _CLIENTS.items() if _answers(url, path)}
    return Told(seeded.is_new, company, accounts(), pid=os.getpid(), url=url, api_docs=f"{url}/api/docs", **clients)


def accounts() -> list[Account]:
    """Everybody who may sign in, the company's own people first."""
    zh = language() == "zh"
    roles = {role.code: role.name if zh else role.name_en for role in DEFAULT_ROLES}
    staff = [
        Account("staff", user.role, roles[user.role], user.zh if zh else user.en, user.login, PASSWORD)
        for user in STAFF
    ]
    dealers = []
    for user in DEALER_USERS:
        dealer = DEALER_BY_CODE[user.dealer]
        name, works_at = (user.zh, dealer.name_zh) if zh else (user.en, dealer.name_en)
        dealers.append(
            Account("dealer", user.role, roles[user.role], name, user.login, PASSWORD, dealer.code, works_at)
        )
    return staff + dealers


def _answers(url: str, path: str) -> bool:
    """Whether there is a page: an installation may do without the web clients."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _show(told: Told) -> None:
    """For people, on standard output."""
    words, console = _words(), Console(highlight=False)
    console.print(
        f"\n[bold]{words['title']}[/]{told.company.name}\n{words['code']} [bold]{told.company.code}[/] · "
        f"{words['password']} [bold]{PASSWORD}[/]\n"
    )
    places = [(words[name], address) for name in _PLACES if (address := getattr(told, name))]
    if places:
        addresses = Table(box=None, pad_edge=False, show_header=False)
        for name, address in places:
            addresses.add_row(name, f"[bold cyan]{address}[/]")
        console.print(addresses, "")
    people = Table(*(words[name] for name in ("role", "name", "login", "customer")), box=None, pad_edge=False)
    for account in told.accounts:
        at = f"{account.customer} {account.customer_name}" if account.customer else ""
        people.add_row(account.role_name, account.name, f"[bold]{account.login}[/]", at)
    console.print(people)
    if told.url:
        console.print(f"\n{words['stop']}")


def _words() -> dict[str, str]:
    return _WORDS[language()]

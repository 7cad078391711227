"""The command line `dinghuo`. Each command imports what it needs when it runs, so that `--help` answers at once."""

import sys
from collections.abc import Sequence

import rich_click as click

from dinghuo.entry.cli.lazy import Lazy, lazy

# Exit codes, the same for every command.
OK, REFUSED, USAGE, UNREACHABLE, NO_ADDRESS, INTERRUPTED = 0, 1, 2, 3, 4, 130

EPILOG = """
Exit codes: 0 done · 1 refused, or a check failed · 2 wrong usage or settings · 3 the database cannot be reached ·
4 the address to serve on cannot be had · 130 interrupted.

Environment: DATABASE_URL (default: a PostgreSQL of its own), DATABASE_APP_URL, DINGHUO_DATA, DINGHUO_SECRET, HOST,
PORT, WORKERS, DINGHUO_LOG. Messages are Chinese or English by LANG.
"""


@click.group(cls=Lazy, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="dinghuo", prog_name="dinghuo")
def cli() -> None:
    """Dinghuo 订货: order management for companies that sell to other companies.

    Start with `dinghuo demo`, or with `dinghuo tenant create` and `dinghuo serve`.
    """


cli.commands = lazy(
    {
        "demo": "dinghuo.entry.cli.demo:demo",
        "serve": "dinghuo.entry.cli.serve:serve",
        "worker": "dinghuo.entry.cli.worker:worker",
        "migrate": "dinghuo.entry.cli.migrate:migrate",
        "tenant": "dinghuo.entry.cli.tenant:tenant",
        "user": "dinghuo.entry.cli.user:user",
        "key": "dinghuo.entry.cli.key:key",
        "import": "dinghuo.entry.cli.importing:importing",
        "doctor": "dinghuo.entry.cli.doctor:doctor",
        "bench": "dinghuo.entry.cli.bench:bench",
    }
)


def main(arguments: Sequence[str] | None = None) -> None:
    """The entry point of the program."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command line; the exit code."""
    try:
        code = cli.main(args=arguments, prog_name="dinghuo", standalone_mode=False)
        return code if isinstance(code, int) else OK
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except Exception as error:
        from dinghuo.entry.cli.failures import explain

        return explain(error)

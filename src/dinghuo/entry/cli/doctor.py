"""`dinghuo doctor`"""

from typing import TYPE_CHECKING

import rich_click as click

if TYPE_CHECKING:
    from dinghuo.entry.findings import Finding


@click.command(epilog="Example:  dinghuo doctor --json | jq '.checks[] | select(.state != \"ok\")'")
@click.option("--json", "as_json", is_flag=True, help="Say it as one JSON object.")
def doctor(as_json: bool) -> int:
    """Check that everything is as it has to be: settings, schema, row-level security, books, audit, background work.

    Reads only, beside live work. It also tells the newest seal of each company's audit (--json: heads); kept
    elsewhere, a seal proves everything recorded before it. Fails (1) when a check fails; warnings do not fail it.
    """
    import asyncio

    import msgspec

    from dinghuo.entry.cli import OK, REFUSED
    from dinghuo.entry.cli.installation import progress, reachable, settings
    from dinghuo.entry.cli.say import language
    from dinghuo.entry.doctor import examine
    from dinghuo.entry.findings import report
    from dinghuo.kit.database import Database

    async def run() -> list["Finding"]:
        chosen = settings()
        found: list[Finding] = []
        async with reachable(chosen) as urls:
            database = Database(urls.app, pool_size=2, name="dinghuo-doctor")
            try:
                with progress.status("…"):
                    async for finding in examine(chosen, urls, database):
                        found.append(finding)
                        if not as_json:
                            click.echo(_line(finding, finding.sentence(language())))
            finally:
                await database.close()
        return found

    told = report(asyncio.run(run()), language())
    if as_json:
        click.echo(msgspec.json.encode(told))
    return OK if told.ok else REFUSED


_MARKS = {"ok": "✓", "warning": "!", "failed": "✗"}
_COLOURS = {"ok": "green", "warning": "yellow", "failed": "red"}


def _line(finding: "Finding", sentence: str) -> str:
    return click.style(f"{_MARKS[finding.state]} {finding.check}", fg=_COLOURS[finding.state]) + f": {sentence}"

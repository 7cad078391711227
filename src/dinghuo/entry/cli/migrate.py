"""`dinghuo migrate`"""

import rich_click as click


@click.command(epilog="Example:  DATABASE_URL=postgresql://admin@db/dinghuo dinghuo migrate")
@click.option("--json", "as_json", is_flag=True, help="Say it as one JSON object.")
def migrate(as_json: bool) -> None:
    """Make the database's roles where they are missing and bring its schema up to date.

    Safe to repeat; two at once take turns.
    """
    import asyncio
    import json

    from dinghuo.entry.cli.installation import reachable, settings
    from dinghuo.entry.migrate import migrate as upgrade
    from dinghuo.entry.migrate import revisions

    async def run() -> tuple[str | None, str]:
        async with reachable(settings()) as urls:
            before, wanted = await revisions(urls.owner)
            await upgrade(urls.owner)
            return before, wanted

    before, now = asyncio.run(run())
    if as_json:
        click.echo(json.dumps({"before": before, "now": now}))
    else:
        click.echo(
            f"The schema is at {now}" + (" already." if before == now else f", it was at {before or 'nothing'}.")
        )

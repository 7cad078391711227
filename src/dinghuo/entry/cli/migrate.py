"""`dinghuo migrate`"""

import rich_click as click

from dinghuo.entry.cli.say import say


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
    elif before == now:
        say(zh=f"数据库结构已是最新版本 {now}", en=f"The schema is at {now} already.")
    else:
        say(
            zh=f"数据库结构已从 {before or '空'} 升级到 {now}",
            en=f"The schema went from {before or 'nothing'} to {now}.",
        )

"""`dinghuo worker`"""

import rich_click as click


@click.command(epilog="Example:  dinghuo serve --no-background &  dinghuo worker")
def worker() -> None:
    """Do the background work alone, until SIGTERM or Ctrl-C: what follows from events, and what comes back by itself.

    Any number may run beside each other and beside `dinghuo serve`.
    """
    import asyncio
    import signal

    from dinghuo.entry.cli.installation import Installation, carry_out
    from dinghuo.entry.worker import work

    async def run(there: Installation) -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await work(there.urls, stop, there.settings.web)

    carry_out(run)

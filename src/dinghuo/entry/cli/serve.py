"""`dinghuo serve`"""

import rich_click as click

from dinghuo.entry.cli.say import say


@click.command(epilog="Example:  dinghuo serve --host 0.0.0.0 --port 8080 --workers 4")
@click.option("--host", help="Address to listen on.  [env: HOST; default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 takes a free one.  [env: PORT; default: 8000]")
@click.option("--workers", type=click.IntRange(1, 1024), help="Web processes.  [env: WORKERS; default: one a core]")
@click.option(
    "--background/--no-background", default=True, show_default=True, help="Do the background work here too."
)
@click.option("--json", "as_json", is_flag=True, help="Say the address as one JSON object, once it answers.")
def serve(host: str | None, port: int | None, workers: int | None, background: bool, as_json: bool) -> None:
    """Serve the API and the portal, and do the background work, until SIGTERM or Ctrl-C.

    Without DATABASE_URL a PostgreSQL of its own is started first and stopped last. The schema is brought up to date.
    """
    import asyncio
    import json
    import os

    from dinghuo.entry.cli.installation import settings
    from dinghuo.entry.logs import configure_logging
    from dinghuo.entry.serve import serve as run

    chosen = settings(host=host, port=port, workers=workers)
    configure_logging(chosen.log_level)

    def ready(url: str) -> None:
        said = {"url": url, "pid": os.getpid(), "workers": chosen.workers, "background": background}
        if as_json:
            click.echo(json.dumps(said))
        else:
            say(
                zh=f"订货系统运行于 {url}（接口说明 {url}/api/docs）",
                en=f"Dinghuo serves {url} (its API: {url}/api/docs)",
            )

    asyncio.run(run(chosen, worker=background, ready=ready))

"""`dinghuo demo`"""

import rich_click as click


@click.command(epilog="Examples:  dinghuo demo  ·  dinghuo demo --port 8080 --workers 2  ·  dinghuo demo --fresh")
@click.option("--host", help="Address to listen on.  [env: HOST; default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 takes a free one.  [env: PORT; default: 8000]")
@click.option("--workers", type=click.IntRange(1, 1024), help="Web processes.  [env: WORKERS; default: one a core]")
@click.option("--fresh", is_flag=True, help="Delete the demo company, whatever was done in it, and make it anew.")
@click.option("--no-serve", is_flag=True, help="Only make it.")
@click.option("--json", "as_json", is_flag=True, help="Say it as one JSON object, once it answers.")
def demo(host: str | None, port: int | None, workers: int | None, fresh: bool, no_serve: bool, as_json: bool) -> None:
    """Make a company to play with and serve it: 200 SKUs, 60 dealers, seven weeks of orders.

    Everything in it is invented. It is made once; later runs find it as it was left. Prints who may sign in, and
    how: the passwords are known to everybody, so leave it on this machine.
    """
    from dinghuo.entry.cli.make_demo import Wanted, make_demo

    given = {"host": host, "port": port, "workers": workers}
    make_demo(Wanted(given, fresh=fresh, serve=not no_serve, as_json=as_json))

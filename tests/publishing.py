"""Publishing and withdrawing price lists and promotions over HTTP, as whoever does it has just read them."""

import httpx


async def turn(client: httpx.AsyncClient, path: str, verb: str = "publish", **headers: str) -> httpx.Response:
    """`path` is that of the record, as `price-lists/BASE`."""
    read = await client.get(f"/api/v1/{path}")
    more = {name.replace("_", "-"): text for name, text in headers.items()}
    sent = {"if-match": read.headers.get("etag", "1"), **more}
    return await client.post(f"/api/v1/{path}/{verb}", headers=sent)

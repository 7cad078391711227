"""What was learned of how customers call their goods."""

from tests.security.company import ELSE, MINE
from tests.security.founding.founder import Founder


async def found_phrases(f: Founder) -> None:
    for half in (MINE, ELSE):
        code = f.halves[half]["customer.code"]
        goods = f.named("SKU")[0]["code"]
        phrases = [{"phrase": f.code(f"{half}-PHRASE{number or ''}"), "sku": goods} for number in f.numbers()]
        await f.post("orders/paste/learn", {"customer": code, "phrases": phrases})
        kept = await f.client.get("/api/v1/orders/paste/phrases", params={"customer": str(code)})
        f.hold(half, "phrase.id", kept.json()["items"][0]["id"])

"""What dealers have: filled carts, parked ones, shopping lists; and proposals to them."""

from collections.abc import Sequence
from typing import Any

from tests.security.company import ELSE, MINE
from tests.security.founding.founder import Founder
from tests.support import key_of


async def found_portal(f: Founder) -> None:
    goods = {"lines": [{"sku": row["code"], "quantity": "1"} for row in f.named("SKU")]}
    for half, logins in ((MINE, ("dealer_admin", "dealer_buyer")), (ELSE, ("stranger",))):
        numbers = f.numbers() if half == MINE else [0]
        draft = {"customer": f.halves[half]["customer.code"], **goods, "name": f.code(f"{half}-PROPOSAL")}
        proposed = [(await f.post("drafts", draft))["id"] for _ in numbers]
        for draft_id in proposed:
            await f.post(f"drafts/{draft_id}/propose", {"message": f.code(f"{half}-MESSAGE")})
        f.hold(half, "proposal.id", proposed[0])
        for login in logins:
            key = await key_of(f.database, f.tenant, f.login(login))
            headers = {"x-api-key": key.text()}
            if login != "dealer_buyer":
                await _park(f, half, numbers, goods, headers)
            await f.dealt("cart/add", goods, headers)


async def _park(
    f: Founder, half: str, numbers: Sequence[int], goods: dict[str, Any], headers: dict[str, str]
) -> None:
    for number in numbers:
        name = f"{f.code(f'{half}-PARKED')}{number}"
        await f.dealt("cart/add", {"lines": goods["lines"][:1]}, headers)
        parked = await f.dealt("cart/park", {"name": name}, headers)
        listed = await f.dealt("shopping-lists", goods | {"name": name}, headers)
        await f.dealt("cart/add", {"lines": goods["lines"][:1]}, headers)
        waiting = await f.dealt("cart/park", {"name": f"{name}-ASK"}, headers)
        await f.dealt(f"drafts/{waiting['id']}/ask", {"message": f.code(f"{half}-ASKED")}, headers)
    f.hold(half, "parked.id", parked["id"])
    f.hold(half, "consent.id", waiting["id"])
    f.hold(half, "shopping_list.id", listed["id"])

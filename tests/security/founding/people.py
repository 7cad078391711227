"""People with every role, and roles of every reach."""

from collections.abc import Sequence
from typing import Any

from tests.security.company import ELSE, MINE
from tests.security.founding.founder import Founder

from dinghuo.identity.default_roles import DEFAULT_ROLES
from dinghuo.identity.permissions import permissions_of


async def found_people(f: Founder) -> None:
    spare = {"audience": "staff", "permissions": ["orders.read"]}
    dealers = {"audience": "dealer", "permissions": ["portal.orders.read"]}
    reach = {"permissions": sorted(permissions_of("staff")), "sees_cost": True, "sees_price": True}
    await f.put(
        "roles",
        [
            *(row | spare for row in f.named("ROLE")),
            f.row("DEALER-ROLE") | dealers,
            *(f.row(f"ALL-{s}") | reach | {"scope": s.lower()} for s in ("OWN", "DEPARTMENT", "REGION")),
        ],
    )
    f.share("role.code", f.code("ROLE"))
    f.share("role.dealer", f.code("DEALER-ROLE"))
    staff = [role.code for role in DEFAULT_ROLES if role.audience == "staff"]
    users = [
        *(_user(f, name, f.sellers if name == "sales" else [name]) for name in staff),
        _user(f, "nobody", []),
        _user(f, "sales2", f.sellers, ELSE),
        *({"login": f"{f.login('spare')}{n or ''}", "name": f.code("SPARE")} for n in f.numbers()),
    ]
    await f.put("users", users)
    f.share("user.login", f.login("spare"))
    for half, seller in ((MINE, "sales"), (ELSE, "sales2")):
        f.hold(half, "owner.login", f.login(seller))


def _user(f: Founder, name: str, roles: Sequence[str], half: str = MINE) -> dict[str, Any]:
    return {
        "login": f.login(name),
        "name": f.code(name),
        "roles": roles,
        "department": f.halves[half]["department.code"],
        "regions": [f.halves[half]["region.code"]],
    }


async def found_dealers(f: Founder) -> None:
    """Of the first half's customer: one of each default role, one without any, and one to be looked after."""
    dealers = [role.code for role in DEFAULT_ROLES if role.audience == "dealer"]
    names = [*((name, [name]) for name in dealers), ("nodealer", []), ("shopper", [f.shared["role.dealer"]])]
    names += [(f"shopper{number}", []) for number in range(1, f.more + 1)]
    users = [
        {"login": f.login(name), "name": f.code(name), "audience": "dealer", "roles": roles} for name, roles in names
    ]
    customers = {"customers": [f.halves[MINE]["customer.code"]]}
    await f.put("users", [user | customers for user in users])
    stranger = {"login": f.login("stranger"), "name": f.code(f"{ELSE}-SHOPPER"), "audience": "dealer"}
    await f.put("users", [stranger | {"roles": ["dealer_admin"], "customers": [f.halves[ELSE]["customer.code"]]}])
    f.share("dealer.login", f.login("shopper"))

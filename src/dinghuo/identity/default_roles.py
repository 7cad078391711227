"""The roles a new tenant starts with. From then on they are its own data."""

import msgspec

from dinghuo.identity.permissions import Audience, permissions_of
from dinghuo.identity.principals import ScopeKind


class DefaultRole(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    name: str
    name_en: str
    permissions: frozenset[str]
    audience: Audience = "staff"
    scope: ScopeKind = "all"
    sees_cost: bool = False
    sees_margin: bool = False
    sees_price: bool = True


def _set(module: str, *verbs: str) -> frozenset[str]:
    return frozenset(f"{module}.{verb}" for verb in verbs)


_READS = (
    _set("parties", "read")
    | _set("catalogue", "read")
    | _set("orders", "read", "comment")
    | _set("notices", "read")
    # Whoever is asked decides, and anybody may be asked.
    | _set("approvals", "decide")
)
_SELLS = (
    _READS
    | _set("order_rules", "read")
    | _set("blankets", "read")
    | _set("parties", "write", "invite", "visit")
    | _set("pricing", "read")
    | _set("promotions", "read")
    | _set("rebates", "read")
    | _set("inventory", "read")
    | _set("accounts", "read")
    | _set("orders", "place", "cancel", "amend")
    | _set("analytics", "read")
)

OWNER = "owner"
DEFAULT_ROLES = (
    DefaultRole(
        code=OWNER,
        name="企业负责人",
        name_en="Owner",
        permissions=permissions_of("staff"),
        sees_cost=True,
        sees_margin=True,
    ),
    DefaultRole(
        code="sales_manager",
        name="销售经理",
        name_en="Sales manager",
        permissions=_SELLS
        | _set("parties", "merge")
        | _set("order_rules", "write")
        | _set("blankets", "write")
        | _set("pricing", "write")
        | _set("promotions", "write")
        | _set("rebates", "write")
        | _set("catalogue", "write")
        | _set("orders", "hold", "set_price", "waive_minimum")
        | _set("approvals", "read")
        | _set("notices", "write"),
        scope="department",
        sees_cost=True,
        sees_margin=True,
    ),
    DefaultRole(code="sales", name="业务员", name_en="Sales", permissions=_SELLS, scope="own"),
    DefaultRole(
        code="finance",
        name="财务",
        name_en="Finance",
        permissions=_READS
        | _set("pricing", "read")
        | _set("promotions", "read")
        | _set("rebates", "read", "write", "settle")
        | _set("inventory", "read")
        | _set("accounts", "read", "write")
        | _set("orders", "hold", "payments")
        | _set("analytics", "read")
        | _set("approvals", "read")
        | _set("audit", "read"),
        sees_cost=True,
        sees_margin=True,
    ),
    DefaultRole(
        code="warehouse",
        name="仓库",
        name_en="Warehouse",
        permissions=_READS | _set("inventory", "read", "receive", "count", "adjust"),
        sees_price=False,
    ),
    DefaultRole(
        code="it",
        name="系统管理员",
        name_en="IT",
        permissions=_READS
        | _set("identity", "users", "roles", "keys")
        | _set("audit", "read")
        | _set("imports", "run")
        | _set("operations", "outbox")
        | _set("settings", "write"),
        sees_price=False,
    ),
    DefaultRole(
        code="dealer_admin",
        name="经销商管理员",
        name_en="Dealer administrator",
        permissions=permissions_of("dealer"),
        audience="dealer",
        scope="own",
    ),
    DefaultRole(
        code="dealer_buyer",
        name="经销商采购",
        name_en="Dealer buyer",
        permissions=_set("portal.orders", "read", "place", "cancel", "amend", "pay")
        | _set("portal", "catalogue", "account.read", "addresses.write"),
        audience="dealer",
        scope="own",
    ),
    DefaultRole(
        code="dealer_approver",
        name="经销商审核",
        name_en="Dealer approver",
        permissions=_set("portal.orders", "read", "approve") | _set("portal", "catalogue", "account.read"),
        audience="dealer",
        scope="own",
    ),
    DefaultRole(
        code="dealer_receiver",
        name="经销商收货",
        name_en="Dealer receiver",
        permissions=_set("portal.orders", "read", "receive"),
        audience="dealer",
        scope="own",
        sees_price=False,
    ),
)

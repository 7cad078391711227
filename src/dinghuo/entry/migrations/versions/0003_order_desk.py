"""What the order desk needs: promotions, approvals, amendments, rules, promises."""

from pathlib import Path

from alembic import op

from dinghuo.entry.migrations.new_permissions import grant, take_back
from dinghuo.entry.migrations.statements import carry_out, undo
from dinghuo.kit import ledger

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_FILE = Path(__file__).with_suffix(".sql")
# Every permission there was until now.
_BEFORE = frozenset(
    [
        "accounts.read",
        "accounts.write",
        "analytics.read",
        "audit.read",
        "catalogue.read",
        "catalogue.write",
        "identity.keys",
        "identity.roles",
        "identity.users",
        "imports.run",
        "inventory.adjust",
        "inventory.count",
        "inventory.read",
        "inventory.receive",
        "notices.read",
        "notices.write",
        "operations.outbox",
        "orders.cancel",
        "orders.comment",
        "orders.hold",
        "orders.place",
        "orders.read",
        "orders.set_price",
        "orders.waive_minimum",
        "parties.invite",
        "parties.merge",
        "parties.read",
        "parties.visit",
        "parties.write",
        "portal.account.read",
        "portal.addresses.write",
        "portal.catalogue",
        "portal.orders.approve",
        "portal.orders.cancel",
        "portal.orders.place",
        "portal.orders.read",
        "portal.orders.receive",
        "portal.users",
        "pricing.read",
        "pricing.write",
        "settings.write",
    ]
)


# Indexes that end in another column than they did.
_BEFORE_BY_ID = (
    ("customer", "owner"),
    ("customer", "department"),
    ("customer", "region"),
    ("customer", "parent"),
    ("product", "category"),
    ("product", "brand"),
)


def upgrade() -> None:
    carry_out(_FILE)
    ledger.keep_rows(op.get_bind(), "sku")
    grant(op.get_bind(), _BEFORE)


def downgrade() -> None:
    take_back(op.get_bind(), _BEFORE)
    undo(_FILE)
    ledger.let_rows_go(op.get_bind(), "sku")
    op.execute(
        "alter table order_line add constraint fk_order_line_tenant_id_sku_id"
        " foreign key (tenant_id, sku_id) references sku (tenant_id, id)"
    )
    for table, word in _BEFORE_BY_ID:
        op.execute(f"create index ix_{table}_{word} on {table} (tenant_id, {word}_id, id)")

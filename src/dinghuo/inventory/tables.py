"""Stock by warehouse. `stock` is the balance, `stock_move` its entries on hand, `reservation` what is promised."""

from sqlalchemy import ARRAY, Boolean, CheckConstraint, Column, Date, Integer, Numeric, UniqueConstraint, Uuid, and_
from sqlalchemy.dialects.postgresql import JSONB

from dinghuo.inventory.states import COUNT, TRANSFER
from dinghuo.kit.tables import (
    QUANTITY,
    UNIT_PRICE,
    index,
    moment,
    one_of,
    reference,
    revision,
    tenant_table,
    text,
    unique,
)

warehouse = tenant_table(
    "warehouse",
    text("code"),
    text("name"),
    text("name_en", nullable=True),
    Column("region_id", Uuid, nullable=True),
    Column("priority", Integer, nullable=False, server_default="100"),
    # Where it stands, for who sends from the nearest.
    Column("latitude", Numeric(9, 6), nullable=True),
    Column("longitude", Numeric(9, 6), nullable=True),
    text("state", default="active"),
    revision(),
    unique("code"),
    reference("region", "region_id"),
    one_of("state", ("active", "closed")),
    CheckConstraint("(latitude is null) = (longitude is null)", name="place_whole"),
)

stock = tenant_table(
    "stock",
    Column("sku_id", Uuid, nullable=False),
    Column("warehouse_id", Uuid, nullable=False),
    Column("on_hand", QUANTITY, nullable=False, server_default="0"),
    # What may be promised beyond what is there: pre-sale.
    Column("allowance", QUANTITY, nullable=False, server_default="0"),
    Column("reserved", QUANTITY, nullable=False, server_default="0"),
    # What is kept back from those who order.
    Column("safety", QUANTITY, nullable=False, server_default="0"),
    # What of it is of lots that are blocked or expired: nobody gets it.
    Column("barred", QUANTITY, nullable=False, server_default="0"),
    reference("sku", "sku_id"),
    reference("warehouse", "warehouse_id"),
    CheckConstraint("reserved >= 0", name="reserved_not_negative"),
    CheckConstraint("allowance >= 0", name="allowance_not_negative"),
    CheckConstraint("safety >= 0", name="safety_not_negative"),
    CheckConstraint("barred >= 0", name="barred_not_negative"),
    CheckConstraint("reserved <= on_hand + allowance", name="never_oversold"),
    key=("sku_id", "warehouse_id"),
    lock_rank="stock",
)
# Every placed order changes a few of these rows: room on the page keeps the change there (HOT).
stock.kwargs["postgresql_with"] = {"fillfactor": 50}
index("ix_stock_warehouse", stock.c.warehouse_id, stock.c.sku_id)

# What a document's line holds. wanted = held + backordered + consumed + released.
reservation = tenant_table(
    "reservation",
    Column("document_id", Uuid, nullable=False),
    Column("line_no", Integer, nullable=False),
    Column("warehouse_id", Uuid, nullable=False),
    Column("sku_id", Uuid, nullable=False),
    Column("held", QUANTITY, nullable=False),
    Column("backordered", QUANTITY, nullable=False, server_default="0"),
    Column("consumed", QUANTITY, nullable=False, server_default="0"),
    Column("released", QUANTITY, nullable=False, server_default="0"),
    # Who waits is served by this, the lowest first, then by the time of the document.
    Column("priority", Integer, nullable=False, server_default="100"),
    # Why from this warehouse, in one word; null where there was no rule (sourcing).
    text("source", nullable=True),
    reference("stock", "sku_id", "warehouse_id", target=("sku_id", "warehouse_id")),
    CheckConstraint("held >= 0 and backordered >= 0 and consumed >= 0 and released >= 0", name="not_negative"),
    key=("document_id", "line_no", "warehouse_id"),
    lock_rank="lines",
)
index(
    "ix_reservation_waiting",
    reservation.c.sku_id,
    reservation.c.warehouse_id,
    reservation.c.document_id,
    reservation.c.line_no,
    where=reservation.c.backordered > 0,
)
# Whom a count below what is promised takes goods from: found without reading all that was ever ordered.
index(
    "ix_reservation_holding",
    reservation.c.sku_id,
    reservation.c.warehouse_id,
    reservation.c.document_id,
    reservation.c.line_no,
    where=reservation.c.held > 0,
)

MOVE_KINDS = ("opening", "receipt", "issue", "return", "count", "adjustment", "transfer")

stock_move = tenant_table(
    "stock_move",
    moment("at"),
    text("kind"),
    Column("sku_id", Uuid, nullable=False),
    Column("warehouse_id", Uuid, nullable=False),
    # Signed, in base units: what was added to on hand.
    Column("quantity", QUANTITY, nullable=False),
    Column("unit_cost", UNIT_PRICE, nullable=True),
    text("document_kind", nullable=True),
    Column("document_id", Uuid, nullable=True),
    Column("line_no", Integer, nullable=True),
    text("reason", nullable=True),
    text("note", nullable=True),
    Column("actor_id", Uuid, nullable=True),
    reference("stock", "sku_id", "warehouse_id", target=("sku_id", "warehouse_id")),
    one_of("kind", MOVE_KINDS),
    CheckConstraint("quantity <> 0", name="moves_something"),
)
index("ix_stock_move_sku", stock_move.c.sku_id, stock_move.c.warehouse_id, stock_move.c.id)
index(
    "ix_stock_move_document",
    stock_move.c.document_id,
    stock_move.c.line_no,
    where=stock_move.c.document_id.is_not(None),
)

goods_receipt = tenant_table(
    "goods_receipt",
    text("number"),
    Column("warehouse_id", Uuid, nullable=False),
    text("supplier", nullable=True),
    # The supplier's delivery note or our purchase order.
    text("reference", nullable=True),
    text("note", nullable=True),
    moment("received_at"),
    moment("created_at"),
    Column("created_by", Uuid, nullable=True),
    unique("number"),
    reference("warehouse", "warehouse_id"),
)
index("ix_goods_receipt_warehouse", goods_receipt.c.warehouse_id, goods_receipt.c.id)
goods_receipt_line = tenant_table(
    "goods_receipt_line",
    Column("receipt_id", Uuid, nullable=False),
    Column("line_no", Integer, nullable=False),
    Column("sku_id", Uuid, nullable=False),
    text("unit"),
    Column("quantity", QUANTITY, nullable=False),
    Column("base_quantity", QUANTITY, nullable=False),
    # Per `unit`, without tax.
    Column("unit_cost", UNIT_PRICE, nullable=True),
    # What was expected that these goods are.
    Column("supply_id", Uuid, nullable=True),
    Column("lot_id", Uuid, nullable=True),
    reference("goods_receipt", "receipt_id"),
    reference("sku", "sku_id"),
    reference("expected_supply", "supply_id"),
    reference("lot", "lot_id"),
    CheckConstraint("quantity > 0 and base_quantity > 0", name="quantity_positive"),
    CheckConstraint("unit_cost >= 0", name="cost_not_negative"),
    key=("receipt_id", "line_no"),
)

# What is on its way to a warehouse, one line of somebody's order with a supplier, under the caller's own code.
expected_supply = tenant_table(
    "expected_supply",
    text("code"),
    Column("sku_id", Uuid, nullable=False),
    Column("warehouse_id", Uuid, nullable=False),
    Column("expected_on", Date, nullable=False),
    # In base units, as what was received of it.
    Column("quantity", QUANTITY, nullable=False),
    Column("received", QUANTITY, nullable=False, server_default="0"),
    text("document", nullable=True),
    text("supplier", nullable=True),
    text("note", nullable=True),
    text("state", default="expected"),
    moment("created_at"),
    moment("updated_at"),
    Column("revision", Integer, nullable=False, server_default="1"),
    unique("code"),
    reference("sku", "sku_id"),
    reference("warehouse", "warehouse_id"),
    one_of("state", ("expected", "cancelled")),
    CheckConstraint("quantity > 0 and received >= 0", name="quantity_positive"),
    lock_rank="documents",
)
index("ix_expected_supply_date", expected_supply.c.expected_on, expected_supply.c.id)
index(
    "ix_expected_supply_open",
    expected_supply.c.sku_id,
    expected_supply.c.expected_on,
    where=and_(expected_supply.c.state == "expected", expected_supply.c.received < expected_supply.c.quantity),
)

inventory_setting = tenant_table(
    "inventory_setting", text("name"), Column("value", JSONB, nullable=False), revision(), key=("name",)
)

# Who is served before whom: of a customer, or of all of a tier.
allocation_priority = tenant_table(
    "allocation_priority",
    text("kind"),
    Column("target_id", Uuid, nullable=False),
    Column("priority", Integer, nullable=False),
    one_of("kind", ("customer", "tier")),
    CheckConstraint("priority between 0 and 999", name="priority_range"),
    key=("kind", "target_id"),
)

# From where a region is served: these warehouses first, in this order; and where it lies.
sourcing_rule = tenant_table(
    "sourcing_rule",
    Column("region_id", Uuid, nullable=False),
    Column("warehouses", ARRAY(Uuid), nullable=False, server_default="{}"),
    Column("latitude", Numeric(9, 6), nullable=True),
    Column("longitude", Numeric(9, 6), nullable=True),
    reference("region", "region_id"),
    CheckConstraint("(latitude is null) = (longitude is null)", name="place_whole"),
    key=("region_id",),
)

# Goods on their way from one warehouse to another. What left and did not arrive is the line's difference.
transfer = tenant_table(
    "transfer",
    text("number"),
    Column("from_id", Uuid, nullable=False),
    Column("to_id", Uuid, nullable=False),
    text("state"),
    Column("expected_on", Date, nullable=False),
    text("note", nullable=True),
    Column("line_count", Integer, nullable=False),
    moment("created_at"),
    Column("created_by", Uuid, nullable=True),
    moment("shipped_at", nullable=True),
    moment("received_at", nullable=True),
    Column("differs", Boolean, nullable=False, server_default="false"),
    revision(),
    unique("number"),
    reference("warehouse", "from_id"),
    reference("warehouse", "to_id"),
    one_of("state", TRANSFER.states),
    CheckConstraint("from_id <> to_id", name="goes_elsewhere"),
    lock_rank="documents",
)
index("ix_transfer_state", transfer.c.state, transfer.c.id)
transfer_line = tenant_table(
    "transfer_line",
    Column("transfer_id", Uuid, nullable=False),
    Column("line_no", Integer, nullable=False),
    Column("sku_id", Uuid, nullable=False),
    text("unit"),
    Column("quantity", QUANTITY, nullable=False),
    Column("base_quantity", QUANTITY, nullable=False),
    Column("received", QUANTITY, nullable=False, server_default="0"),
    reference("transfer", "transfer_id"),
    reference("sku", "sku_id"),
    CheckConstraint("quantity > 0 and base_quantity > 0", name="quantity_positive"),
    CheckConstraint("received between 0 and base_quantity", name="received_of_sent"),
    key=("transfer_id", "line_no"),
)
index("ix_transfer_line_sku", transfer_line.c.sku_id, transfer_line.c.transfer_id)

# A stock count 盘点单. What the books said is frozen when its sheet is written; the difference is booked on what is
# there then.
stock_count = tenant_table(
    "stock_count",
    text("number"),
    Column("warehouse_id", Uuid, nullable=False),
    text("state"),
    text("note", nullable=True),
    Column("line_count", Integer, nullable=False),
    Column("counted_count", Integer, nullable=False, server_default="0"),
    Column("difference_count", Integer, nullable=False, server_default="0"),
    moment("created_at"),
    Column("created_by", Uuid, nullable=True),
    text("created_by_name"),
    moment("submitted_at", nullable=True),
    moment("booked_at", nullable=True),
    # The approval that was asked for last, and what became of it.
    Column("request_id", Uuid, nullable=True),
    text("last_outcome", nullable=True),
    revision(),
    unique("number"),
    reference("warehouse", "warehouse_id"),
    one_of("state", COUNT.states),
    lock_rank="documents",
)
index("ix_stock_count_state", stock_count.c.state, stock_count.c.id)
stock_count_line = tenant_table(
    "stock_count_line",
    Column("count_id", Uuid, nullable=False),
    Column("line_no", Integer, nullable=False),
    Column("sku_id", Uuid, nullable=False),
    # Where lots are kept, one line a lot, and one for what is of none.
    Column("lot_id", Uuid, nullable=True),
    Column("expected", QUANTITY, nullable=False),
    Column("counted", QUANTITY, nullable=True),
    text("note", nullable=True),
    UniqueConstraint("tenant_id", "count_id", "sku_id", "lot_id", postgresql_nulls_not_distinct=True),
    reference("stock_count", "count_id"),
    reference("sku", "sku_id"),
    reference("lot", "lot_id"),
    CheckConstraint("expected >= 0 and counted >= 0", name="not_negative"),
    key=("count_id", "line_no"),
)

# Of which SKUs lots are kept.
lot_tracking = tenant_table(
    "lot_tracking",
    Column("sku_id", Uuid, nullable=False),
    Column("shelf_life_days", Integer, nullable=True),
    reference("sku", "sku_id"),
    CheckConstraint("shelf_life_days between 1 and 36500", name="shelf_life_range"),
    key=("sku_id",),
)
lot = tenant_table(
    "lot",
    Column("sku_id", Uuid, nullable=False),
    text("number"),
    Column("made_on", Date, nullable=True),
    # The last day; 9999-12-31 of what never expires.
    Column("expires_on", Date, nullable=False),
    text("supplier_lot", nullable=True),
    text("state", default="active"),
    text("block_reason", nullable=True),
    moment("created_at"),
    revision(),
    unique("sku_id", "number"),
    reference("sku", "sku_id"),
    one_of("state", ("active", "blocked")),
)
index("ix_lot_expires", lot.c.expires_on, lot.c.id)
# How much of a lot is where: its SKU's stock there, less what is of other lots or of none.
lot_stock = tenant_table(
    "lot_stock",
    Column("sku_id", Uuid, nullable=False),
    Column("warehouse_id", Uuid, nullable=False),
    Column("lot_id", Uuid, nullable=False),
    Column("on_hand", QUANTITY, nullable=False),
    reference("stock", "sku_id", "warehouse_id", target=("sku_id", "warehouse_id")),
    reference("lot", "lot_id"),
    CheckConstraint("on_hand >= 0", name="not_negative"),
    key=("sku_id", "warehouse_id", "lot_id"),
    lock_rank="stock",
)
index("ix_lot_stock_lot", lot_stock.c.lot_id, lot_stock.c.warehouse_id)
# What a stock move moved of a lot.
lot_move = tenant_table(
    "lot_move",
    Column("move_id", Uuid, nullable=False),
    Column("lot_id", Uuid, nullable=False),
    Column("quantity", QUANTITY, nullable=False),
    reference("stock_move", "move_id"),
    reference("lot", "lot_id"),
    CheckConstraint("quantity <> 0", name="moves_something"),
)
index("ix_lot_move_lot", lot_move.c.lot_id, lot_move.c.id)
index("ix_lot_move_move", lot_move.c.move_id)
# For how many days more what a customer, or one of a tier, gets must be good.
minimum_life = tenant_table(
    "minimum_life",
    text("kind"),
    Column("target_id", Uuid, nullable=False),
    Column("days", Integer, nullable=False),
    one_of("kind", ("customer", "tier")),
    CheckConstraint("days between 1 and 3650", name="days_range"),
    key=("kind", "target_id"),
)

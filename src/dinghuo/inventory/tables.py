"""Stock by warehouse. `stock` is the balance, `stock_move` its entries on hand, `reservation` what is promised."""

from sqlalchemy import CheckConstraint, Column, Integer, Uuid

from dinghuo.kit.tables import (
    QUANTITY,
    UNIT_PRICE,
    index,
    moment,
    one_of,
    reference,
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
    text("state", default="active"),
    unique("code"),
    reference("region", "region_id"),
    one_of("state", ("active", "closed")),
)

stock = tenant_table(
    "stock",
    Column("sku_id", Uuid, nullable=False),
    Column("warehouse_id", Uuid, nullable=False),
    Column("on_hand", QUANTITY, nullable=False, server_default="0"),
    # What may be promised beyond what is there: pre-sale.
    Column("allowance", QUANTITY, nullable=False, server_default="0"),
    Column("reserved", QUANTITY, nullable=False, server_default="0"),
    reference("sku", "sku_id"),
    reference("warehouse", "warehouse_id"),
    CheckConstraint("reserved >= 0", name="reserved_not_negative"),
    CheckConstraint("allowance >= 0", name="allowance_not_negative"),
    CheckConstraint("reserved <= on_hand + allowance", name="never_oversold"),
    key=("sku_id", "warehouse_id"),
    lock_rank="stock",
)
# Every placed order changes a few of these rows: room on the page keeps the change there (HOT).
stock.kwargs["postgresql_with"] = {"fillfactor": 50}

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
    reference("goods_receipt", "receipt_id"),
    reference("sku", "sku_id"),
    CheckConstraint("quantity > 0 and base_quantity > 0", name="quantity_positive"),
    CheckConstraint("unit_cost >= 0", name="cost_not_negative"),
    key=("receipt_id", "line_no"),
)

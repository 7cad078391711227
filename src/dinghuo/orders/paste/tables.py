"""What customers mean by the words they use: learned from what their people, or the seller's, corrected."""

from sqlalchemy import Boolean, Column, Integer, Uuid

from dinghuo.kit.tables import moment, reference, tenant_table, text, unique

paste_phrase = tenant_table(
    "paste_phrase",
    Column("customer_id", Uuid, nullable=False),
    # In the one form in which texts are compared.
    text("phrase"),
    Column("sku_id", Uuid, nullable=False),
    # Null: whatever is said, or usual.
    text("unit", nullable=True),
    Column("times", Integer, nullable=False, server_default="1"),
    Column("learned_by", Uuid, nullable=True),
    text("learned_by_name", nullable=True),
    # Told to dealers only of their own people.
    Column("by_dealer", Boolean, nullable=False, server_default="false"),
    moment("learned_at"),
    reference("customer", "customer_id"),
    reference("sku", "sku_id"),
    unique("customer_id", "phrase"),
)

"""Quantities that may be taken up until they are gone: quotas of a SKU, what is left of a blanket order's line."""

from sqlalchemy import CheckConstraint, Column, Date, Integer, Uuid

from dinghuo.kit.tables import QUANTITY, index, moment, one_of, reference, tenant_table, text

# A hard bound, unlike credit's: `taken` never passes `quantity`.
allotment = tenant_table(
    "allotment",
    text("kind"),
    # The quota or the blanket order's line that it is of; it stays when that is gone.
    Column("subject_id", Uuid, nullable=False),
    # Of quotas that begin anew each day, week or month.
    Column("period_from", Date, nullable=True),
    Column("quantity", QUANTITY, nullable=False),
    Column("taken", QUANTITY, nullable=False, server_default="0"),
    moment("updated_at"),
    one_of("kind", ("quota", "blanket")),
    CheckConstraint("taken >= 0 and taken <= quantity", name="never_overdrawn"),
    lock_rank="accounts",
)
index("ix_allotment_subject", allotment.c.subject_id, allotment.c.period_from)

allotment_entry = tenant_table(
    "allotment_entry",
    Column("allotment_id", Uuid, nullable=False),
    moment("at"),
    Column("quantity", QUANTITY, nullable=False),
    text("verb"),
    Column("document_id", Uuid, nullable=False),
    Column("line_no", Integer, nullable=False),
    reference("allotment", "allotment_id"),
    one_of("verb", ("reserve", "release")),
    CheckConstraint("quantity <> 0", name="moves_something"),
)
index("ix_allotment_entry_allotment", allotment_entry.c.allotment_id, allotment_entry.c.id)
index("ix_allotment_entry_document", allotment_entry.c.document_id, allotment_entry.c.line_no)

"""Imports: the files people upload, what they are read as, and how far the work on each has come."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Integer, LargeBinary, Uuid
from sqlalchemy.dialects.postgresql import JSON

from dinghuo.integrations.imports.states import IMPORT
from dinghuo.kit.tables import index, moment, one_of, reference, tenant_table, text, unique

KINDS = ("order_book", "customers", "skus", "prices", "stock")

# A file as it was uploaded, or a workbook of errors made here; gone after `expires_at`.
import_file = tenant_table(
    "import_file",
    text("name"),
    Column("size", BigInteger, nullable=False),
    text("state"),
    text("purpose"),
    moment("created_at"),
    Column("created_by", Uuid, nullable=True),
    moment("expires_at"),
    one_of("state", ("receiving", "ready")),
    one_of("purpose", ("source", "errors")),
)
index("ix_import_file_expires", import_file.c.expires_at, import_file.c.id)

import_file_part = tenant_table(
    "import_file_part",
    Column("file_id", Uuid, nullable=False),
    Column("number", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    reference("import_file", "file_id"),
    key=("file_id", "number"),
)

# Which column is which, kept for the next file with the same header.
import_mapping = tenant_table(
    "import_mapping",
    text("kind"),
    text("signature"),
    text("name", nullable=True),
    Column("header", JSON, nullable=False),
    Column("mapping", JSON, nullable=False),
    moment("used_at"),
    text("used_by"),
    unique("kind", "signature"),
    one_of("kind", KINDS),
)
index("ix_import_mapping_used", import_mapping.c.used_at, import_mapping.c.id)

# The file may go, its name stays. `look`, `report`, `result` and `problem` are what the worker found.
import_job = tenant_table(
    "import_job",
    text("kind"),
    text("state"),
    Column("file_id", Uuid, nullable=False),
    text("file_name"),
    Column("file_size", BigInteger, nullable=False),
    text("worksheet", nullable=True),
    Column("header_row", Integer, nullable=True),
    Column("look", JSON, nullable=True),
    Column("mapping", JSON, nullable=True),
    Column("options", JSON, nullable=False),
    Column("report", JSON, nullable=True),
    Column("result", JSON, nullable=True),
    # What was new when the run began: after an interruption the books hold a part of it already.
    Column("begun", JSON, nullable=True),
    Column("problem", JSON, nullable=True),
    Column("faults", Integer, nullable=False, server_default="0"),
    Column("faults_listed", Integer, nullable=False, server_default="0"),
    # Which cells are marked and in which language they are told: marks that stay the same are not made again.
    text("marks", nullable=True),
    Column("errors_file_id", Uuid, nullable=True),
    text("language"),
    moment("created_at"),
    Column("created_by", Uuid, nullable=True),
    text("created_by_name"),
    text("created_by_kind"),
    Column("run_by", Uuid, nullable=True),
    text("run_by_name", nullable=True),
    text("run_by_kind", nullable=True),
    moment("checked_at", nullable=True),
    moment("started_at", nullable=True),
    moment("finished_at", nullable=True),
    # The work in hand: who has it and until when, unless they say that they are still at it.
    moment("queued_at", nullable=True),
    Column("worker", Uuid, nullable=True),
    text("lane", nullable=True),
    moment("lease_until", nullable=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("is_cancelling", Boolean, nullable=False, server_default="false"),
    text("phase", nullable=True),
    Column("done", BigInteger, nullable=False, server_default="0"),
    Column("total", BigInteger, nullable=True),
    Column("per_second", Integer, nullable=True),
    moment("progress_at", nullable=True),
    one_of("kind", KINDS),
    one_of("state", IMPORT.states),
    one_of("lane", ("read", "write")),
    CheckConstraint("num_nulls(worker, lane, lease_until) in (0, 3)", name="worker_has_a_lease"),
)
# Progress is written several times a second: room on the page keeps the change there (HOT).
import_job.kwargs["postgresql_with"] = {"fillfactor": 50}
index("ix_import_job_state", import_job.c.state, import_job.c.id)
index("ix_import_job_kind", import_job.c.kind, import_job.c.id)
index("ix_import_job_file", import_job.c.file_id)
# One import of a tenant is written at a time, and one read.
index("ux_import_job_lane", import_job.c.lane, where=import_job.c.worker.is_not(None), unique=True)

# A slice that is written, with what came of it: never written again.
import_slice = tenant_table(
    "import_slice",
    Column("import_id", Uuid, nullable=False),
    Column("number", Integer, nullable=False),
    Column("outcome", JSON, nullable=False),
    reference("import_job", "import_id"),
    key=("import_id", "number"),
)

# The cells at fault, by row; the message is found by its code. Column null: the whole row.
import_fault = tenant_table(
    "import_fault",
    Column("import_id", Uuid, nullable=False),
    Column("number", Integer, nullable=False),
    Column("row", Integer, nullable=False),
    Column("place", Integer, nullable=True),
    text("field"),
    text("value"),
    text("code"),
    Column("params", JSON, nullable=False),
    reference("import_job", "import_id"),
    key=("import_id", "number"),
)
index("ix_import_fault_row", import_fault.c.import_id, import_fault.c.row, import_fault.c.number)
index("ix_import_fault_code", import_fault.c.import_id, import_fault.c.code, import_fault.c.number)

# Rows as they stand in the file, in blocks: those at fault and those around them.
import_rows = tenant_table(
    "import_rows",
    Column("import_id", Uuid, nullable=False),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    Column("cells", JSON, nullable=False),
    reference("import_job", "import_id"),
    key=("import_id", "first"),
)

"""The foundation: every table of the first release."""

from alembic import op

from dinghuo.entry.tables import metadata
from dinghuo.kit.rls import protect
from dinghuo.kit.tables import tenant_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    op.execute("create extension if not exists btree_gist")
    metadata.create_all(op.get_bind())
    for table in tenant_tables():
        for statement in protect(table):
            op.execute(statement)


def downgrade() -> None:
    metadata.drop_all(op.get_bind())

"""What the dealer's portal and the seller's console need beside the foundation."""

from pathlib import Path

from dinghuo.entry.migrations.statements import carry_out, undo

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_FILE = Path(__file__).with_suffix(".sql")


def upgrade() -> None:
    carry_out(_FILE)


def downgrade() -> None:
    undo(_FILE)

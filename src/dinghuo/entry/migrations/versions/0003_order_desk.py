"""What the order desk needs: promotions, approvals, amendments, rules, promises."""

from pathlib import Path

from dinghuo.entry.migrations.statements import carry_out, undo

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_FILE = Path(__file__).with_suffix(".sql")


def upgrade() -> None:
    carry_out(_FILE)


def downgrade() -> None:
    undo(_FILE)

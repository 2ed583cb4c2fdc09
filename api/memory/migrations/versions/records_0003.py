"""What a later generation answered: gaps that it closed, hand-offs that it found an answer to."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Columns more; records that are there have nothing in them."""
    op.add_column("handoffs", sa.Column("asked_again", sa.Text))
    op.add_column("handoffs", sa.Column("found", sa.JSON))
    op.add_column("handoffs", sa.Column("found_at", _MOMENT))
    op.add_column("gaps", sa.Column("answered", _MOMENT))
    op.add_column("gaps", sa.Column("answer_id", sa.Text))


def downgrade() -> None:
    """There is no way back: what was found would be lost; a backup of the former version has it."""
    raise NotImplementedError

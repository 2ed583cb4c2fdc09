"""Answers that somebody made a link to."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """One more table; those that are there stay as they are."""
    op.create_table(
        "shares",
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("created", _MOMENT, nullable=False),
        sa.Column("expires", _MOMENT, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("generation", sa.Text, nullable=False),
        sa.Column("answer", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("token", name="pk_shares"),
    )
    op.create_index("ix_shares_expires", "shares", ["expires"])


def downgrade() -> None:
    """There is no way back but the backup."""
    raise NotImplementedError

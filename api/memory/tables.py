"""The tables of the database of records, as this version of Sanad knows them.

Nothing here names a person who asks: questions are masked before they come here, secrets are kept
as hashes, and a hand-off is answered through its ticket instead of an address.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

REVISION = "0003"
"""The migration that these tables are at; revisions are numbered so that later ones sort later."""


class Moment(TypeDecorator[datetime]):
    """An aware time, kept in UTC by both databases; SQLite itself forgets the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The time in UTC; ValueError for one without a zone, which could mean any hour."""
        del dialect
        if value is not None and value.tzinfo is None:
            raise ValueError("a time without a zone cannot be recorded")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The time, aware again."""
        del dialect
        if value is None or value.tzinfo is not None:
            return value and value.astimezone(UTC)
        return value.replace(tzinfo=UTC)


class Words(TypeDecorator[str]):
    """Any text that both databases keep; PostgreSQL has no NUL, so SQLite gets none either."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The text; ValueError where it holds NUL, in the words of PostgreSQL's driver."""
        del dialect
        if value is not None and "\0" in value:
            raise ValueError("a text cannot contain NUL (0x00)")
        return value


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_UUID = String(36)
_HASH = String(64)
_SERIAL = BigInteger().with_variant(Integer, "sqlite")

feedback = Table(
    "feedback",
    metadata,
    Column("id", _UUID, primary_key=True),
    Column("created", Moment, nullable=False),
    Column("answer_id", Words, nullable=False),
    Column("verdict", Words, nullable=False),
    Column("reason", Words),
    Column("comment", Words),
    Column("question", Words),
    Column("language", Words),
    Column("generation", Words),
    Index(None, "created", "id"),
)

handoffs = Table(
    "handoffs",
    metadata,
    Column("id", _UUID, primary_key=True),
    Column("secret", _HASH, nullable=False),
    Column("created", Moment, nullable=False),
    Column("status", Words, nullable=False),
    Column("question", Words, nullable=False),
    Column("language", Words),
    Column("region", Words),
    Column("note", Words),
    Column("answer_id", Words),
    Column("generation", Words),
    Column("reply", Words),
    Column("replied", Moment),
    Column("replied_by", Words),
    Column("closed", Moment),
    Column("closed_by", Words),
    Column("asked_again", Words),
    Column("found", JSON(none_as_null=True)),
    Column("found_at", Moment),
    Index(None, "created", "id"),
)

gaps = Table(
    "gaps",
    metadata,
    Column("id", _UUID, primary_key=True),
    Column("likeness", _HASH, nullable=False, unique=True),
    Column("question", Words, nullable=False),
    Column("language", Words),
    Column("region", Words),
    Column("status", Words, nullable=False),
    Column("reason", Words),
    Column("generation", Words),
    Column("count", Integer, nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("last_seen", Moment, nullable=False),
    Column("answered", Moment),
    Column("answer_id", Words),
    Index(None, "last_seen", "id"),
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", _UUID, primary_key=True),
    Column("token", _HASH, nullable=False, unique=True),
    Column("started", Moment, nullable=False),
    Column("last_turn", Moment, nullable=False, index=True),
)

turns = Table(
    "turns",
    metadata,
    Column("id", _SERIAL, primary_key=True),
    Column(
        "conversation_id",
        _UUID,
        ForeignKey("conversations.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("created", Moment, nullable=False),
    Column("question", Words, nullable=False),
    Column("answer", JSON, nullable=False),
    sqlite_autoincrement=True,
)

shares = Table(
    "shares",
    metadata,
    Column("token", _HASH, primary_key=True),
    Column("created", Moment, nullable=False),
    Column("expires", Moment, nullable=False, index=True),
    Column("question", Words, nullable=False),
    Column("generation", Words, nullable=False),
    Column("answer", JSON, nullable=False),
)

users = Table(
    "users",
    metadata,
    Column("id", _UUID, primary_key=True),
    Column("name", Words, nullable=False, unique=True),
    Column("role", Words, nullable=False),
    Column("password_hash", Words),
    Column("disabled", Boolean, nullable=False),
    Column("created", Moment, nullable=False),
)

attempts = Table(
    "attempts",
    metadata,
    Column("subject", _HASH, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last", Moment, nullable=False, index=True),
)

signins = Table(
    "signins",
    metadata,
    Column("token", _HASH, primary_key=True),
    Column(
        "user_id", _UUID, ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("started", Moment, nullable=False),
    Column("last_used", Moment, nullable=False),
    Column("expires", Moment, nullable=False, index=True),
)

keys = Table(
    "keys",
    metadata,
    Column("id", _UUID, primary_key=True),
    Column("name", Words, nullable=False, unique=True),
    Column("role", Words, nullable=False),
    Column("hash", _HASH, nullable=False, unique=True),
    Column("created", Moment, nullable=False),
    Column("expires", Moment),
    Column("revoked", Moment),
)

audit = Table(
    "audit",
    metadata,
    Column("id", _SERIAL, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("actor", Words, nullable=False, index=True),
    Column("action", Words, nullable=False),
    Column("answer_id", Words),
    Column("generation", Words),
    Column("model", Words),
    Column("prompt", Words),
    Column("evidence", JSON, nullable=False),
    Column("status", Words),
    Column("detail", Words),
    sqlite_autoincrement=True,
)

leases = Table(
    "leases",
    metadata,
    Column("name", Words, primary_key=True),
    Column("holder", Words, nullable=False),
    Column("until", Moment, nullable=False),
)

"""A source as it is shown beside what it says."""

from pydantic import BaseModel, ConfigDict

from ingest.document import DatedBy, Source, Tier


class SourceEntry(BaseModel):
    """Who said it, where and when; `date` may be partial, `dated_by` tells how it is known."""

    model_config = ConfigDict(frozen=True)

    publisher: str
    title: str
    url: str | None
    date: str | None
    dated_by: DatedBy
    tier: Tier

    @classmethod
    def of(cls, source: Source) -> "SourceEntry":
        """The same without its key."""
        return cls(**{name: getattr(source, name) for name in cls.model_fields})

"""What a person asks: the question with its earlier turns, profile and date."""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Language = Literal["fr", "ar", "en", "ary", "ary-latn"]

SHEET_LANGUAGE: Mapping[Language, str] = {
    "fr": "fr",
    "ar": "ar",
    "en": "en",
    "ary": "ar",
    "ary-latn": "ar",
}
"""The language of the documents for each language that people ask in."""

QUESTION_LIMIT = 1_000
HISTORY_LIMIT = 8


class Turn(BaseModel):
    """One earlier message of the conversation; what the assistant said is context, not evidence."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Literal["user", "assistant"]
    content: str = Field(max_length=8_000)


class Profile(BaseModel):
    """What the person told about themselves; it never filters answers.

    `region` names the regional office, and with `sector` and `market` moves what concerns them
    forward; `first_export`, when true, moves what newcomers need (`assistant.profile`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    region: str | None = Field(default=None, max_length=100)
    sector: str | None = Field(default=None, max_length=100)
    market: str | None = Field(default=None, max_length=100)
    first_export: bool | None = None


class Question(BaseModel):
    """One request to the assistant; also the body of `POST /v1/ask`.

    `language` overrides detection; `as_of` asks what held on that day.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: str
    language: Language | None = None
    history: tuple[Turn, ...] = ()
    profile: Profile | None = None
    as_of: date | None = None

"""Which composer answers when nobody chose one: the winner of the last measurement."""

from datetime import date
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.answer import ComposerName
from ingest.errors import SettingsError

FILE = "composer.json"


class Winner(BaseModel):
    """What `sanad eval composers --record` writes, by the rule of ADR 0027.

    `model` is an id of `sanad models list`, None for the extractive composer. `because` tells the
    comparison that decided.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    composer: ComposerName
    model: str | None
    day: date
    because: str


def read_winner() -> Winner:
    """The winner that is shipped; raises SettingsError for a file that was edited amiss."""
    try:
        return Winner.model_validate_json(files("assistant").joinpath(FILE).read_bytes())
    except ValidationError as error:
        raise SettingsError(
            f"assistant/{FILE} does not name a composer: {error}. Write it anew with `sanad eval "
            "composers --record`, or choose with SANAD_LLM."
        ) from error

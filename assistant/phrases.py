"""The few sentences that Sanad says in its own voice, per language."""

from collections.abc import Mapping
from importlib.resources import files

import yaml

from assistant.answer import Notice
from assistant.question import Language


class Phrases:
    """Looks up a phrase by key and language; `{name}` fields are filled by keyword."""

    def __init__(self, table: Mapping[str, Mapping[str, str]]) -> None:
        self._table = table

    @classmethod
    def load(cls) -> "Phrases":
        """The phrases shipped with the assistant."""
        text = files("assistant").joinpath("phrases.yaml").read_text(encoding="utf-8")
        return cls(yaml.safe_load(text))

    def knows(self, key: str) -> bool:
        """Whether there is such a phrase."""
        return key in self._table

    def say(self, key: str, language: Language, **fields: str) -> str:
        """The phrase `key` in `language`."""
        return self._table[key][language].format(**fields)

    def notice(self, kind: str, language: Language, **fields: str) -> Notice:
        """The phrase as a notice of the same kind."""
        return Notice(kind=kind, text=self.say(kind, language, **fields))

"""The few sentences that Sanad says in its own voice, per language."""

from collections.abc import Mapping

from assistant.answer import Notice
from assistant.question import Language
from assistant.shipped import shipped


class Phrases:
    """Looks up a phrase by key and language; `{name}` fields are filled by keyword."""

    def __init__(self, table: Mapping[str, Mapping[str, str]]) -> None:
        self._table = table

    @classmethod
    def load(cls) -> "Phrases":
        """The phrases shipped with the assistant."""
        return cls(shipped("phrases.yaml"))

    def knows(self, key: str) -> bool:
        """Whether there is such a phrase."""
        return key in self._table

    def say(self, key: str, language: Language, **fields: str) -> str:
        """The phrase `key` in `language`."""
        return self._table[key][language].format(**fields)

    def notice(self, kind: str, language: Language, **fields: str) -> Notice:
        """The phrase as a notice of the same kind."""
        return Notice(kind=kind, text=self.say(kind, language, **fields))

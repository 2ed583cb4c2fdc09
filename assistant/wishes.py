"""Wishes: the words by which somebody asks for all steps or papers, or for some of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.lexicon import Lexicon
from assistant.shipped import shipped
from ingest.fold import fold


@dataclass(frozen=True, slots=True)
class Wish:
    """The section of a procedure that is asked for, by words that want all of it or may do."""

    section: str
    all: Lexicon
    some: Lexicon


@dataclass(frozen=True, slots=True)
class Wishes:
    """What may be asked of a procedure, section by section."""

    each: tuple[Wish, ...]

    @classmethod
    def load(cls) -> "Wishes":
        """The words shipped with the assistant."""
        data: Mapping[str, Mapping[str, list[str]]] = shipped("wishes.yaml")
        return cls(
            tuple(
                Wish(section, Lexicon(words["all"]), Lexicon(words["some"]))
                for section, words in data.items()
            )
        )

    def are_in(self, question: str) -> bool:
        """Whether a question asks how something is done, or with what papers."""
        folded = fold(question)
        return any(wish.all.found_in(folded) or wish.some.found_in(folded) for wish in self.each)

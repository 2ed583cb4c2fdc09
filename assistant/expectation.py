"""What kind of thing would answer the question: a contact, an amount, a date."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from assistant.lexicon import Lexicon
from assistant.shipped import shipped
from ingest.figures import find_figures
from ingest.fold import fold


@dataclass(frozen=True, slots=True)
class Expectation:
    """One kind of answer: the kinds of figure that it holds, or the words that stand for one.

    What costs nothing is said without a figure. A `general` kind counts where no other does. Of a
    `strict` kind, nothing else is an answer.
    """

    name: str
    figures: frozenset[str]
    lexicon: Lexicon
    words: Lexicon | None = None
    general: bool = False
    strict: bool = False

    def met_by(self, text: str) -> bool:
        """Whether `text` holds a figure of one of the kinds, or such a word."""
        return self.met_with({figure.kind for figure in find_figures(text)}, text)

    def met_with(self, figures: Collection[str], text: str) -> bool:
        """`met_by` for a text whose kinds of figure are known."""
        if not self.figures.isdisjoint(figures):
            return True
        return self.words is not None and self.words.found_in(fold(text))


class Expectations:
    """The kinds of `expectation.yaml`."""

    def __init__(self, kinds: Sequence[Expectation]) -> None:
        self._kinds = tuple(kinds)

    @classmethod
    def load(cls) -> "Expectations":
        """The kinds shipped with the assistant."""
        return cls(
            [
                Expectation(
                    name,
                    frozenset(kind["figures"]),
                    Lexicon(kind["phrases"]),
                    Lexicon(kind["or"]) if "or" in kind else None,
                    general=kind.get("general", False),
                    strict=kind.get("strict", False),
                )
                for name, kind in shipped("expectation.yaml").items()
            ]
        )

    def of(self, question: str) -> tuple[Expectation, ...]:
        """The kinds that the question asks for; often none."""
        folded = fold(question)
        asked = tuple(kind for kind in self._kinds if kind.lexicon.found_in(folded))
        return tuple(kind for kind in asked if not kind.general) or asked

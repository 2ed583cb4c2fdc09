"""What kind of thing would answer the question: a contact, an amount, a date."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

import yaml

from assistant.lexicon import Lexicon
from ingest.figures import find_figures
from ingest.fold import fold


@dataclass(frozen=True, slots=True)
class Expectation:
    """One kind of answer and the kinds of figure that it must hold."""

    name: str
    figures: frozenset[str]
    lexicon: Lexicon

    def met_by(self, text: str) -> bool:
        """Whether `text` holds a figure of one of the kinds."""
        return any(figure.kind in self.figures for figure in find_figures(text))


class Expectations:
    """The kinds of `expectation.yaml`."""

    def __init__(self, kinds: Sequence[Expectation]) -> None:
        self._kinds = tuple(kinds)

    @classmethod
    def load(cls) -> "Expectations":
        """The kinds shipped with the assistant."""
        text = files("assistant").joinpath("expectation.yaml").read_text(encoding="utf-8")
        return cls(
            [
                Expectation(name, frozenset(kind["figures"]), Lexicon(kind["phrases"]))
                for name, kind in yaml.safe_load(text).items()
            ]
        )

    def of(self, question: str) -> tuple[Expectation, ...]:
        """The kinds that the question asks for; often none."""
        folded = fold(question)
        return tuple(kind for kind in self._kinds if kind.lexicon.found_in(folded))

"""Asker: what people call their own, "my sector", put into words from what they told of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.lexicon import Lexicon, flat
from assistant.mentions import Mentions
from assistant.normalise import visible
from assistant.phrases import Phrases
from assistant.question import Profile
from assistant.shipped import shipped
from assistant.state import Outcome, State
from ingest.fold import fold
from ingest.glossary import Term
from ingest.regions import Gazetteer

_NEEDED = frozenset({"sector", "market"})


class Asker:
    """Adds the sector, the region or the market of the profile to a question that says "my".

    Without it, a question whose answer hangs on it is asked back; one that names it itself, «mon
    secteur, le textile», needs nobody to. Whoever asks for an office of their region is shown all.
    """

    name = "asker"

    def __init__(
        self,
        own: Mapping[str, Lexicon],
        terms: Sequence[Term],
        gazetteer: Gazetteer,
        phrases: Phrases,
    ) -> None:
        self._own = own
        self._products = Mentions([term for term in terms if term.kind == "product"])
        self._places = Mentions([term for term in terms if term.kind == "place"])
        self._gazetteer = gazetteer
        self._phrases = phrases

    @classmethod
    def load(cls, terms: Sequence[Term], gazetteer: Gazetteer, phrases: Phrases) -> "Asker":
        """With the words shipped with the assistant."""
        own = {kind: Lexicon(flat(listed)) for kind, listed in shipped("asker.yaml").items()}
        return cls(own, terms, gazetteer, phrases)

    def run(self, state: State) -> State:
        """Complete `standalone` from the profile, or close with `clarify` what stays open."""
        folded = fold(state.standalone)
        for kind, lexicon in self._own.items():
            if not lexicon.found_in(folded) or self._is_named(kind, state.standalone):
                continue
            told = _told(state.question.profile, kind)
            if not told and kind not in _NEEDED:
                continue
            if not told:
                notice = self._phrases.notice(f"whose_{kind}", state.language)
                notices = (*state.notices, notice)
                return replace(state, outcome=Outcome("clarify"), notices=notices, closed=True)
            standalone = f"{state.standalone} ({told})"
            notice = self._phrases.notice("rewritten", state.language, question=standalone)
            state = replace(state, standalone=standalone, notices=(*state.notices, notice))
        return state

    def _is_named(self, kind: str, text: str) -> bool:
        if kind == "region":
            return bool(self._gazetteer.named(text))
        return bool((self._products if kind == "sector" else self._places).find(text))


def _told(profile: Profile | None, kind: str) -> str:
    """What the profile tells, empty if nothing; clean as a question is, for it is shown again."""
    return visible(getattr(profile, kind) or "") if profile else ""

"""Named: what agreements with other countries say is only a part of an answer."""

from collections.abc import Sequence
from dataclasses import replace

from assistant.answer import ANSWERING
from assistant.mentions import Mentions
from assistant.phrases import Phrases
from assistant.state import Outcome, State
from ingest.glossary import Term

_AGREEMENTS = "trade-agreements"


class Named:
    """Says which country of a question about agreements no word of the evidence names.

    "Is there an agreement with Japan?" finds the agreements with others: the list helps, and
    reading it as a yes would be wrong. Other questions ask for rules that hold for any country.
    Agreements and countries are known in any language of the glossary.
    """

    name = "named"

    def __init__(self, terms: Sequence[Term], phrases: Phrases) -> None:
        self._places = Mentions([term for term in terms if term.kind == "place"])
        self._agreements = Mentions(
            [t for t in terms if t.kind == "term" and _AGREEMENTS in t.topics]
        )
        self._phrases = phrases

    def run(self, state: State) -> State:
        """Make `answered` `partial`, with a notice, where a country is missed."""
        if state.outcome is None or state.outcome.status not in ANSWERING:
            return state
        if not self._agreements.find(f"{state.standalone} {state.gloss}"):
            return state
        asked = {m.term.id: m for m in self._places.find(state.standalone)}
        told = (f"{e.document.title} {e.section} {e.quote}" for e in state.evidence)
        known = {m.term.id for words in told for m in self._places.find(words)}
        missed = [m for id_, m in asked.items() if id_ not in known]
        if not missed:
            return state
        places = ", ".join(state.standalone[m.start : m.end] for m in missed)
        notice = self._phrases.notice("unnamed", state.language, places=places)
        status = "partial" if state.outcome.status == "answered" else state.outcome.status
        notices = (*state.notices, notice)
        return replace(state, outcome=Outcome(status, state.outcome.reason), notices=notices)

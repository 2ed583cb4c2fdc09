"""Follow-up questions: what the documents answer, near what was asked."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice

from assistant.evidence import Evidence
from assistant.question import SHEET_LANGUAGE
from assistant.state import Outcome, State
from index.store import Store
from index.tokens import tokenize
from ingest.document import Document

NEAR = 0.05
_MOST = 3


class FollowUps:
    """Finds questions that were filed with sheets, and that these answer.

    They are those of the sheets that are cited. Who got no answer is first offered what comes
    nearest: of each sheet with a fact that is probable enough (NEAR), the question that shares most
    words with the one just asked. So a refusal is no dead end, and nothing is claimed.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, state: State, outcome: Outcome, cited: Iterable[Evidence]) -> tuple[str, ...]:
        """At most three, in the user's language, none of them the one just asked."""
        nearest = self._nearest(state) if outcome.status == "unanswerable" else ()
        filed = (question for item in cited for question in item.document.questions)
        found = dict.fromkeys(chain(islice(nearest, _MOST), filed))
        new = (question for question in found if question not in {state.text, state.standalone})
        return tuple(islice(new, _MOST))

    def _nearest(self, state: State) -> Iterator[str]:
        words = frozenset(tokenize(state.standalone))
        for document in self._sheets(state):
            if document.questions:
                yield max(document.questions, key=lambda one: len(words & {*tokenize(one)}))

    def _sheets(self, state: State) -> Iterator[Document]:
        """Those of the facts that came near, the nearest first."""
        near = (one for one in state.candidates if not one.is_gap and one.relevance >= NEAR)
        for family in dict.fromkeys(one.found.family for one in near):
            variant = self._store.variants(family).get(SHEET_LANGUAGE[state.language])
            if variant:
                yield self._store.document(variant)

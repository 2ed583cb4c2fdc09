"""Who can help when the documents cannot: bodies of the directory, with sourced contacts only."""

from assistant.answer import Contact, Handoff
from assistant.question import Language
from assistant.state import Outcome, State
from index.store import Store
from ingest.corpus import Body

_DEFAULT = "regional-offices"
_BY_REASON = {
    "unlawful": "customs",
    "live_data": "office-des-changes",
    "legal_advice": "regional-offices",
    "personal_data": "regional-offices",
}


class HandoffDesk:
    """Chooses a body from the documents that came nearest, or the regional office."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, state: State, outcome: Outcome, why: str) -> Handoff | None:
        """The body that can help, named in the user's language; None for what nobody answers."""
        body_id = self._body_id(state, outcome)
        body = self._store.body(body_id) if body_id else None
        return _handoff(body, state.language, why) if body else None

    def _body_id(self, state: State, outcome: Outcome) -> str | None:
        if outcome.status == "refused":
            return _BY_REASON.get(outcome.reason or "")
        evidence = max(state.evidence, key=lambda e: e.score, default=None)
        if evidence and evidence.document.contact:
            return evidence.document.contact
        return _DEFAULT


def _handoff(body: Body, language: Language, why: str) -> Handoff:
    spoken = {"ary": "ar", "ary-latn": "fr"}.get(language, language)
    return Handoff(
        body=body.names[spoken],
        why=why,
        contacts=tuple(
            Contact(kind=c.kind, value=c.value, source=c.source.title) for c in body.contacts
        ),
    )

"""Who can help when the documents cannot: bodies of the directory, with sourced contacts only."""

from assistant.answer import Contact, Handoff
from assistant.question import Language
from assistant.state import Outcome, State
from index.store import Store
from ingest.corpus import Body
from ingest.regions import Gazetteer

_DEFAULT = "regional-offices"
_OFFICE = "regional-office-"
_SELF_SUFFICIENT = frozenset({"answered", "conflict", "clarify", "out_of_scope"})
_BY_REASON = {
    "unlawful": "customs",
    "live_data": "office-des-changes",
    "legal_advice": "regional-offices",
    "personal_data": "regional-offices",
}


class HandoffDesk:
    """Chooses a body from the documents that came nearest, or the regional office.

    A city or region named in the question or the profile leads to the office of its region.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._gazetteer = Gazetteer(store.regions())

    def find(self, state: State, outcome: Outcome, why: str) -> Handoff | None:
        """The body that can help, named in the user's language; None where nobody is needed.

        An answer needs nobody, unless it is about the regional offices and a place is named: then
        the office of that place is the answer's other half.
        """
        body_id = self._body_id(state, outcome)
        if body_id == _DEFAULT:
            body_id = self._office(state)
        if outcome.status in _SELF_SUFFICIENT and not (body_id or "").startswith(_OFFICE):
            return None
        body = self._store.body(body_id) if body_id else None
        return _handoff(body, state.language, why) if body else None

    def _body_id(self, state: State, outcome: Outcome) -> str | None:
        if outcome.status == "refused":
            return _BY_REASON.get(outcome.reason or "")
        evidence = max(state.evidence, key=lambda e: e.score, default=None)
        if evidence and evidence.document.contact:
            return evidence.document.contact
        return None if outcome.status in _SELF_SUFFICIENT else _DEFAULT

    def _office(self, state: State) -> str:
        """The office of the place named now, else earlier, else in the profile."""
        profile = state.question.profile
        for place in (state.text, state.standalone, (profile.region if profile else None) or ""):
            named = self._gazetteer.named(place)
            if named:
                return named[0].office if len(named) == 1 else _DEFAULT
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

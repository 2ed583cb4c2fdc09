"""Who can help when the documents cannot: bodies of the directory, with sourced contacts only."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.answer import Contact, Handoff
from assistant.lexicon import Lexicon
from assistant.normalise import visible
from assistant.phrases import Phrases
from assistant.question import Language
from assistant.shipped import shipped
from assistant.state import Outcome, State
from index.store import Store
from ingest.body import Body
from ingest.fold import fold

NEAR = 0.3
DEFAULT_BODY = "regional-offices"
_OFFICE = "regional-office-"
_HOSTS = frozenset({"ministry-industry-trade", "secretariat-foreign-trade"})
_SELF_SUFFICIENT = frozenset({"answered", "conflict"})
_UNASKED = frozenset({"clarify", "out_of_scope"})


@dataclass(frozen=True, slots=True)
class _Refusal:
    """A body, and the words that send a refused question to it; None sends every one."""

    body: str
    about: Lexicon | None


class HandoffDesk:
    """Chooses a body from the documents that came nearest, or the regional office.

    A city or region named in the question or the profile leads to the office of its region; whoever
    asks whom to contact there is sent to it rather than to the ministry it belongs to. Beside the
    reason stands what to have ready: a call without it has to be made again.
    """

    def __init__(self, store: Store, phrases: Phrases) -> None:
        self._store = store
        self._phrases = phrases
        self._gazetteer = store.gazetteer
        self._refusals = _refusals()

    def find(self, state: State, outcome: Outcome) -> Handoff | None:
        """The body that can help, named in the user's language; None where nobody is needed.

        An answer needs nobody, unless it is about the regional offices and a place is named: then
        the office of that place is the answer's other half. Any other outcome has somebody, as long
        as the directory knows the regional offices.
        """
        body_id = self._body_id(state, outcome)
        if body_id == DEFAULT_BODY:
            body_id = self._office(_where(state))
        elif body_id in _HOSTS and any(kind.name == "contact" for kind in state.wanted):
            office = self._office([state.text])
            body_id = body_id if office == DEFAULT_BODY else office
        if outcome.status in _SELF_SUFFICIENT and not body_id.startswith(_OFFICE):
            return None
        body = self._store.body(body_id) or self._store.body(DEFAULT_BODY)
        return self._handoff(body, state.language, outcome) if body else None

    def _body_id(self, state: State, outcome: Outcome) -> str:
        if outcome.reason:
            return self._refused(fold(f"{state.question.question} {state.standalone}"), outcome)
        if outcome.status in _UNASKED:
            return DEFAULT_BODY
        nobody = "" if outcome.status in _SELF_SUFFICIENT else DEFAULT_BODY
        return next(filter(None, self._contacts(state)), nobody)

    def _contacts(self, state: State) -> Iterator[str | None]:
        """Those of the best evidence, and where none was kept, of what came near."""
        for item in sorted(state.evidence, key=lambda item: -item.score)[:1]:
            yield item.document.contact
        for one in state.candidates[:1]:
            if one.relevance >= NEAR:
                yield self._store.document(one.found.document_id).contact

    def _refused(self, folded: str, outcome: Outcome) -> str:
        chosen = (
            refusal.body
            for refusal in self._refusals.get(outcome.reason or "", ())
            if refusal.about is None or refusal.about.found_in(folded)
        )
        return next(chosen, DEFAULT_BODY)

    def _office(self, texts: Iterable[str]) -> str:
        """The office of the place that the first of the texts to name one names."""
        for text in texts:
            named = self._gazetteer.named(text)
            if named:
                return named[0].office if len(named) == 1 else DEFAULT_BODY
        return DEFAULT_BODY

    def _handoff(self, body: Body, language: Language, outcome: Outcome) -> Handoff:
        spoken = {"ary": "ar", "ary-latn": "fr"}.get(language, language)
        return Handoff(
            body=body.names[spoken],
            why=self._why(body.id, language, outcome),
            contacts=tuple(
                Contact(kind=c.kind, value=c.value, source=c.source.title) for c in body.contacts
            ),
        )

    def _why(self, body_id: str, language: Language, outcome: Outcome) -> str:
        """What the body is named for, and what to prepare."""
        if outcome.status in _SELF_SUFFICIENT:
            return self._phrases.say("handoff.office", language)
        why = "handoff"
        if outcome.status in _UNASKED or outcome.reason == "injection":
            why = "handoff.other"
        elif outcome.reason:
            why = "handoff.refused"
        elif outcome.status == "partial":
            why = "handoff.rest"
        keys = (f"prepare.{body_id}", "prepare")
        prepare = next(key for key in keys if self._phrases.knows(key))
        return f"{self._phrases.say(why, language)} {self._phrases.say(prepare, language)}"


def _where(state: State) -> Iterator[str]:
    """Where a place is named: now, else earlier, else in the profile."""
    yield state.text
    yield state.standalone
    for turn in reversed(state.question.history):
        if turn.role == "user":
            yield visible(turn.content)
    profile = state.question.profile
    yield (profile.region if profile else None) or ""


def _refusals() -> Mapping[str, Sequence[_Refusal]]:
    data = shipped("handoff.yaml")
    return {
        reason: [
            _Refusal(one["body"], Lexicon(one["about"]) if "about" in one else None)
            for one in listed
        ]
        for reason, listed in data.items()
    }

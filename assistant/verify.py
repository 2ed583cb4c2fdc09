"""Ninth step: what may leave. Every sentence is held against the words it cites."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.answer import Mode, Sentence
from assistant.evidence import Evidence
from assistant.meter import Judged
from assistant.phrases import Phrases
from assistant.polarity import bounds, negated
from assistant.state import Draft, State
from assistant.wording import keeps
from ingest.errors import LanguageModelError
from ingest.figures import find_figures, supports
from ingest.language import written_language

KEPT = 0.5
HELD_BACK = ("model_away", "draft_dropped")
"""Notices that a model was asked and all is quoted: it failed, or too little was admitted."""

_LOG = logging.getLogger("sanad")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a draft may leave: the numbers of the evidence that proves it, alone each.

    Without any it is dropped, and `reason` names the check that failed.
    """

    mode: Mode
    proof: tuple[int, ...] = ()
    reason: str = ""


class Verify:
    """Lets a draft leave only when `check` admits it, and quotes the evidence that no draft used.

    So an answer that a model wrote is never less complete than the evidence it was given. When
    fewer than KEPT of the drafts are admitted, or the model fails, all of the evidence is quoted
    and a notice says so.
    """

    name = "verify"

    def __init__(self, phrases: Phrases) -> None:
        self._phrases = phrases

    def run(self, state: State) -> State:
        """Fill `sentences`, emitting each one as soon as it is admitted."""
        sentences: list[Sentence] = []
        dropped, problem = 0, ""
        try:
            for draft in _distinct(state.drafts):
                verdict = check(draft, state.evidence)
                state.meter.judged.append(Judged(draft.text, draft.evidence, verdict.reason))
                if verdict.proof:
                    sentences.append(_sentence(draft.text, verdict))
                    state.emit("sentence", sentences[-1])
                else:
                    dropped += 1
        except LanguageModelError as error:
            _LOG.warning("%s", str(error))  # the error itself would keep the connection open
            problem = "model_away"
        if not problem and len(sentences) < max(1, KEPT * (len(sentences) + dropped)):
            problem = "draft_dropped"
        if problem:
            sentences, state = [], self._without_the_model(state, problem)
        sentences += _unused(state, sentences)
        return replace(state, sentences=tuple(sentences))

    def _without_the_model(self, state: State, problem: str) -> State:
        notice = self._phrases.notice(problem, state.language)
        engine = (
            state.engine.model_copy(update={"composer": "extractive"}) if state.engine else None
        )
        return replace(state, notices=(*state.notices, notice), engine=engine)


def quotes(evidence: Sequence[Evidence]) -> tuple[Draft, ...]:
    """Drafts that repeat the evidence word for word, in reading order."""
    return tuple(Draft(item.quote, (item.number,)) for item in evidence)


def check(draft: Draft, evidence: Sequence[Evidence]) -> Verdict:
    """Hold a draft against what it cites. It passes if it cites evidence of this answer and only
    that, and repeats one piece of it word for word, or else if it keeps the wording of one piece
    alone, see `assistant.wording`: figure for figure, name for name, with every "not", "at most"
    and "unless". One word more, and a platform that answers becomes one that delivers parcels; one
    less, and the rule of one case is that of another.

    Two pieces together prove nothing: the figure of one source and the name of another would make
    a sentence that neither has said. Pieces that were cited but prove nothing are not cited.
    """
    numbers = {item.number: item for item in evidence}
    if not draft.evidence or any(number not in numbers for number in draft.evidence):
        return Verdict("generated", reason="citation")
    cited = [numbers[number] for number in draft.evidence]
    verbatim = tuple(item.number for item in cited if item.quote == draft.text)
    if verbatim:
        return Verdict("quote", verbatim)
    objections = {item.number: _objection(draft.text, item) for item in cited}
    proof = tuple(number for number, objection in objections.items() if not objection)
    return Verdict("generated", proof, "" if proof else objections[cited[0].number])


def _unused(state: State, sentences: Sequence[Sentence]) -> list[Sentence]:
    """Quotes of the evidence that no sentence cites, emitted as they are made."""
    used = {number for sentence in sentences for number in sentence.citations}
    left = [item for item in state.evidence if item.number not in used]
    made = [_sentence(draft.text, Verdict("quote", draft.evidence)) for draft in quotes(left)]
    for sentence in made:
        state.emit("sentence", sentence)
    return made


def _objection(claim: str, item: Evidence) -> str:
    """Empty if the wording of one piece of evidence is kept, else in what the claim departs."""
    language, quote = item.document.language, item.quote
    if keeps(claim, quote, language, item.document.title):
        return ""
    checks = {
        "figure": _figures_supported(claim, quote),
        "polarity": negated(claim) == negated(quote),
        "bounds": bounds(claim) == bounds(quote),
        "language": written_language(claim) == language,
    }
    return next((name for name, passed in checks.items() if not passed), "support")


def _distinct(drafts: Iterable[Draft]) -> Iterator[Draft]:
    seen: set[Draft] = set()
    for draft in drafts:
        if draft not in seen:
            seen.add(draft)
            yield draft


def _sentence(text: str, verdict: Verdict) -> Sentence:
    return Sentence(text=text, citations=verdict.proof, mode=verdict.mode)


def _figures_supported(claim: str, words: str) -> bool:
    known = find_figures(words)
    return all(any(supports(k, figure) for k in known) for figure in find_figures(claim))

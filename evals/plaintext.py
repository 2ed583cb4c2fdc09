"""What a system says that only writes text, as a typed answer that the same measures can judge."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answer import Answer, Citation, Engine, Sentence, Status
from assistant.question import Question
from evals.facts import has_words, read
from evals.spans import Span
from ingest.document import Document, Section
from ingest.language import detect
from ingest.segment import units

UNKNOWING = (
    "do not know", "don't know", "I do not have", "I don't have", "not enough information",
    "no information", "cannot answer", "can't answer", "unable to answer", "unable to find",
    "does not mention", "doesn't mention", "do not mention", "don't mention", "not mentioned",
    "does not specify", "doesn't specify", "do not specify", "don't specify", "not specified in",
    "context does not", "context doesn't", "text does not", "text doesn't",
    "does not provide information", "does not contain information", "I'm sorry", "I am sorry",
    "ne sais pas", "ne connais pas", "ne peux pas répondre", "ne suis pas en mesure",
    "je ne dispose pas", "je n'ai pas", "aucune information", "pas d'information",
    "pas suffisamment d'information", "ne mentionne pas", "ne mentionnent pas", "pas mentionné",
    "ne précise pas", "ne précisent pas", "pas précisé", "le contexte ne", "le texte ne",
    "ne fournit pas d'information", "ne contient pas d'information", "désolé",
    "لا أعرف", "لا أعلم", "لا أدري", "لا أستطيع الإجابة", "لا يمكنني الإجابة", "لا أملك معلومات",
    "ليس لدي", "ليست لدي", "لا توجد معلومات", "لا تتوفر معلومات", "لا تتوفر لدي", "لا يذكر",
    "لا تذكر", "لم يذكر", "لم تذكر", "غير مذكور", "السياق لا", "لا يحتوي السياق",
    "النص لا", "لا يحتوي النص", "آسف", "عذرا", "ما عارفش", "معرفتش", "ما كنعرفش",
    "ma3reftch", "ma kan3refch",
)  # fmt: skip
"""Stems of "I do not know", "the text does not say" and an apology: the outcome `unanswerable`."""

DECLINING = (
    "cannot help", "can't help", "cannot assist", "can't assist", "won't help",
    "ne peux pas vous aider", "ne peux pas t'aider", "ne peux pas vous assister",
    "لا أستطيع مساعدتك", "لا يمكنني مساعدتك", "لا أستطيع أن أساعدك",
)  # fmt: skip
"""Stems of "I will not help with this": the outcome `refused`."""


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence of a plain answer with the numbers of what it cites, from 1."""

    text: str
    citations: tuple[int, ...] = ()


def status_of(text: str) -> Status:
    """`refused` or `unanswerable` when the first sentence says so, and for no text; else answered.

    Whatever follows a refusal is mostly an apology or a guess; a guess that comes first, and is
    withdrawn later, counts as an answer, for a reader has read it by then.
    """
    first = next(iter(units(text)), None)
    if first is None:
        return "unanswerable"
    words = read(text[first.start : first.end]).words
    if any(has_words(stem, words, whole=False) for stem in DECLINING):
        return "refused"
    unknowing = any(has_words(stem, words, whole=False) for stem in UNKNOWING)
    return "unanswerable" if unknowing else "answered"


def sentences(text: str, citations: tuple[int, ...] = ()) -> tuple[Said, ...]:
    """The sentences of a text, each citing all of `citations`: a plain text tells no better."""
    return tuple(Said(text[unit.start : unit.end], citations) for unit in units(text))


def citation(number: int, document: Document, span: Span) -> Citation:
    """The words at a span, as a citation."""
    source = document.source
    return Citation(
        n=number,
        document_id=document.id,
        title=document.title,
        publisher=source.publisher if source else None,
        url=source.url if source else None,
        source_date=source.date if source else None,
        as_of=document.as_of,
        language=document.language,
        section=_section(document.sections, span.start),
        quote=document.text[span.start : span.end],
        start=span.start,
        end=span.end,
    )


def answer(
    question: Question,
    said: Sequence[Said],
    citations: Sequence[Citation],
    engine: Engine,
    timings_ms: dict[str, float],
    *,
    status: Status = "answered",
) -> Answer:
    """The typed answer; one that is withheld keeps its text and shows no sentences or citations."""
    shown = said if status == "answered" else ()
    mode = "quote" if engine.composer == "extractive" else "generated"
    return Answer(
        id="",
        status=status,
        reason=None,
        language=question.language or detect(question.question).language,
        text="\n".join(one.text for one in said),
        sentences=tuple(Sentence(text=s.text, citations=s.citations, mode=mode) for s in shown),
        citations=tuple(citations) if shown else (),
        conflicts=(),
        notices=(),
        handoff=None,
        follow_ups=(),
        engine=engine,
        timings_ms=timings_ms,
    )


def _section(sections: Sequence[Section], start: int) -> str:
    """The headings above the innermost section that holds `start`."""
    holding = [section for section in sections if section.start <= start < section.end]
    innermost = min(holding, key=lambda section: section.end - section.start, default=None)
    return " › ".join(innermost.path) if innermost else ""

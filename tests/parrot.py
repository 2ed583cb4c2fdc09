"""A Sanad that says whatever it is told to, over documents that hold nothing but hostile texts.

The pipeline would let little of it through; here nothing stands between a payload and the page.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from assistant.answer import (
    Answer,
    Citation,
    Conflict,
    Contact,
    Engine,
    Handoff,
    Notice,
    Position,
    Sentence,
)
from assistant.answercache import retell
from assistant.assistant import Assistant, assemble
from assistant.compose import ExtractiveComposer
from assistant.question import Question
from assistant.state import Emit, ignore
from index.build import build_index
from index.generation import open_current
from ingest.body import Body
from ingest.body import Contact as BodyContact
from ingest.collection import IngestReport, IngestResult
from ingest.document import Document, Passage, Section, Source, Statement
from ingest.document import Sentence as PassageSentence
from tests.fakes import FakeEmbedder
from tests.payloads import GROUPS, named, of_group

LANGUAGES = ("fr", "ar", "en")
ANSWER_ID = "0b7f1d1e-3a52-4f0c-9a3e-5d2c8e6f7a10"
_LEAD = "Le texte : "


class Parrot(Assistant):
    """Answers the name of a group with its payloads, in every field; anything else with itself."""

    def ask(self, question: Question | str, emit: Emit = ignore) -> Answer:
        """See `Assistant.ask`."""
        text = question if isinstance(question, str) else question.question
        answer = _answer(text)
        retell(answer, emit)
        return answer


@contextmanager
def open_parrot(root: Path) -> Iterator[Parrot]:
    """A parrot over an index of all payloads, built under `root`."""
    embedder = FakeEmbedder()
    build_index(root, _collection(), embedder, {"max_tokens": 256})
    generation = open_current(root, embedder.identity)
    try:
        real = assemble(generation, embedder, ExtractiveComposer())
        yield Parrot(real._pipeline, real.retriever, real.composer)
    finally:
        generation.close()


def document_id(name: str) -> str:
    """The id of the document that holds the payload of that name."""
    return f"{name}.fr"


def _collection() -> IngestResult:
    documents = tuple(sorted((_document(*one) for one in named()), key=lambda one: one.id))
    passages = tuple(
        Passage(
            document_id=one.id,
            start=0,
            end=len(one.text),
            anchor="main",
            heading=(one.title,),
            language="fr",
            tokens=len(one.text),
            sentences=(PassageSentence(0, len(one.text), one.statements[0]),),
        )
        for one in documents
    )
    report = IngestReport(files=len(documents), documents=len(documents))
    return IngestResult(documents, passages, report, bodies=tuple(_bodies()))


def _document(name: str, text: str) -> Document:
    source = _source(text)
    whole = _LEAD + text
    return Document(
        id=document_id(name),
        family=name,
        language="fr",
        title=text,
        text=whole,
        kind="procedure",
        source=source,
        as_of="2026-04-01",
        topics=("permits",),
        questions=(text,),
        sections=(Section("main", (text,), 0, len(whole)),),
        statements=(Statement("main", 0, len(whole), (source,)),),
    )


def _source(text: str) -> Source:
    return Source(key="payload", publisher=text, title=text, url=text, date=None)


def _bodies() -> Iterator[Body]:
    for group in GROUPS:
        text = of_group(group)[0]
        words = dict.fromkeys(LANGUAGES, text)
        contacts = tuple(
            BodyContact(kind, text, _source(text)) for kind in ("phone", "email", "url", "address")
        )
        yield Body(f"body-{group}", words, (text,), words, contacts)


def _answer(text: str) -> Answer:
    names = [name for name, _ in named() if name.rpartition("-")[0] == text]
    texts = of_group(text) if text in GROUPS else (text,)
    numbers = tuple(range(1, len(texts) + 1))
    return Answer(
        id=ANSWER_ID,
        status="conflict",
        reason=None,
        language="fr",
        text="\n".join(texts),
        sentences=tuple(
            Sentence(text=one, citations=(n,), mode="quote" if n % 2 else "generated")
            for n, one in zip(numbers, texts, strict=True)
        ),
        citations=tuple(_citations(names or ["none"] * len(texts), texts)),
        conflicts=tuple(
            Conflict(subject=one, positions=(Position(value=one, citations=(n,)),))
            for n, one in zip(numbers, texts, strict=True)
        ),
        notices=tuple(
            Notice(kind=kind, text=one) for one in texts for kind in ("undated", "until")
        ),
        handoff=Handoff(
            body=texts[0],
            why=texts[-1],
            contacts=tuple(
                Contact(kind=kind, value=one, source=one)
                for one in texts
                for kind in ("phone", "email", "url", "address", one)
            ),
        ),
        follow_ups=tuple(texts),
        engine=Engine(composer="llm", model=texts[0], generation=texts[-1]),
        timings_ms={"total": 1.0},
    )


def _citations(names: Sequence[str], texts: Sequence[str]) -> Iterator[Citation]:
    for n, (name, text) in enumerate(zip(names, texts, strict=True), 1):
        yield Citation(
            n=n,
            document_id=document_id(name),
            title=text,
            publisher=text,
            url=text,
            source_date=text,
            as_of=text,
            language="fr",
            section=text,
            quote=text,
            start=len(_LEAD),
            end=len(_LEAD) + len(text),
        )

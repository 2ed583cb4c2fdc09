"""Builders of the few things that evaluation looks at."""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from assistant.answer import Answer, Citation, Conflict, Engine, Sentence
from evals.citations import WordSupport
from evals.gold import GoldItem
from evals.score import Library, Scorer
from index.embedding import Advance, EmbedderIdentity, Vectors
from ingest.document import Document, Statement
from ingest.fold import fold

TEXT = "Le délai est de 150 jours. L'ancien délai était de 60 jours."
SPLIT = TEXT.index("L'ancien")


@pytest.fixture
def document() -> Document:
    """Two statements: what holds, and what once held."""
    return Document(
        id="delay.fr",
        family="delay",
        language="fr",
        title="Délai",
        text=TEXT,
        statements=(
            Statement("now", 0, SPLIT - 1, ()),
            Statement("then", SPLIT, len(TEXT), (), status="superseded"),
        ),
    )


@pytest.fixture
def cite(document: Document) -> Callable[..., Citation]:
    """A citation of `document.text[start:end]`, or of another quote at that place."""

    def build(n: int, start: int, end: int, quote: str | None = None) -> Citation:
        return Citation(
            n=n, document_id=document.id, title=document.title, publisher=None, url=None,
            source_date=None, as_of=None, language="fr", section="", start=start, end=end,
            quote=document.text[start:end] if quote is None else quote,
        )  # fmt: skip

    return build


@pytest.fixture
def library(document: Document) -> Library:
    """That document alone."""
    return Library.of([document])


@pytest.fixture
def scorer(library: Library) -> Scorer:
    """Measures against that document, proof by words."""
    return Scorer(library, WordSupport())


@pytest.fixture
def right(cite: Callable[..., Citation], make_answer: Callable[..., Answer]) -> Answer:
    """What `make_item` asks for, quoted from the document."""
    citation = cite(1, 0, 26)
    return make_answer([(citation.quote, (1,))], [citation])


@pytest.fixture
def silent(make_answer: Callable[..., Answer]) -> Answer:
    """A withheld answer."""
    return make_answer(status="unanswerable", lead="Les documents ne répondent pas.")


@pytest.fixture
def make_answer() -> Callable[..., Answer]:
    """An answer whose text is its sentences with their marks, as the assistant writes it."""

    def build(
        sentences: Sequence[tuple[str, tuple[int, ...]]] = (),
        citations: Sequence[Citation] = (),
        status: str = "answered",
        lead: str = "",
        conflicts: Sequence[Conflict] = (),
        **fields: object,
    ) -> Answer:
        lines = [f"{text} {''.join(f'[{n}]' for n in numbers)}" for text, numbers in sentences]
        values: dict[str, object] = {
            "id": "1",
            "status": status,
            "reason": None,
            "language": "fr",
            "text": "\n".join([lead, *lines] if lead else lines),
            "sentences": tuple(
                Sentence(text=text, citations=numbers, mode="quote") for text, numbers in sentences
            ),
            "citations": tuple(citations),
            "conflicts": tuple(conflicts),
            "notices": (),
            "handoff": None,
            "follow_ups": (),
            "engine": Engine(composer="extractive", model=None, generation="g"),
            "timings_ms": {},
        }
        return Answer.model_validate({**values, **fields})

    return build


@pytest.fixture
def make_item() -> Callable[..., GoldItem]:
    """A gold item, answerable unless told otherwise."""

    def build(**fields: object) -> GoldItem:
        values: dict[str, object] = {
            "id": "q1",
            "language": "fr",
            "question": "Quel est le délai ?",
            "kind": "number",
            "expect": ["answered", "partial"],
            "best": "answered",
            "facts": [{"type": "number", "any": ["150 jours"], "must": True}],
        }
        return GoldItem.model_validate({**values, **fields})

    return build


@pytest.fixture
def write_lines() -> Callable[[Path, Sequence[object]], Path]:
    """Write JSON lines; a string is written as it is."""

    def write(path: Path, rows: Sequence[object]) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = (row if isinstance(row, str) else json.dumps(row) for row in rows)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


class HashingEmbedder:
    """Bag of words: each word adds 1 at a place given by its hash. Needs no model, never varies."""

    identity = EmbedderIdentity("hashing", "0", 64, "", "")

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.identity.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in fold(text).split() or [""]:
                place = hashlib.sha256(word.encode()).digest()[0] % self.identity.dimension
                vectors[row, place] += 1
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / norms, dtype=np.float32)

    def embed_passages(self, texts: Sequence[str], advance: Advance | None = None) -> Vectors:
        if advance:
            advance(len(texts))
        return self.embed_queries(texts)


@pytest.fixture
def embedder() -> HashingEmbedder:
    return HashingEmbedder()

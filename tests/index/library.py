"""A made-up shelf of documents in French, Arabic and English, and short ways to index it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from index.build import BuildReport, build_index
from index.embedding import Advance, Embedder, EmbedderIdentity, Vectors
from index.generation import Generation, open_current
from ingest.body import Body, Contact
from ingest.collection import IngestReport, IngestResult
from ingest.document import Document, Passage, Section, Sentence, Source, Statement

CHUNKER: dict[str, str | int] = {"max_tokens": 256, "encoding": "whole"}
SOURCE = Source("port-2026", "Gazette du port", "الميناء", date="2026-02", tier="press")
BODIES = (
    Body(
        id="carpet-desk",
        names={"fr": "Guichet du tapis", "ar": "شباك الزرابي", "en": "Carpet desk"},
        aliases=("GT",),
        purpose={"fr": "Renseigne.", "ar": "يرشد.", "en": "Informs."},
        contacts=(Contact("phone", "0537000111", SOURCE),),
    ),
)


def document(name: str, language: str, title: str, *sentences: str) -> Document:
    """One section; each sentence is a line and a statement."""
    statements, at = [], 0
    for number, sentence in enumerate(sentences):
        statements.append(Statement(f"s{number}", at, at + len(sentence), (SOURCE,)))
        at += len(sentence) + 1
    text = "\n".join(sentences)
    return Document(
        id=f"{name}.{language}",
        family=name,
        language=language,
        title=title,
        text=text,
        source=SOURCE,
        sections=(Section("main", (title,), 0, len(text)),),
        statements=tuple(statements),
    )


def asked(one: Document, questions: Mapping[str, Sequence[str]], *sheet: str) -> Document:
    """The same document with questions at its statements, and others about it all."""
    return replace(
        one,
        questions=sheet,
        statements=tuple(
            replace(s, questions=tuple(questions.get(s.anchor, ()))) for s in one.statements
        ),
    )


def passages(shelf: Sequence[Document], size: int = 2) -> tuple[Passage, ...]:
    """Passages of `size` statements each."""
    return tuple(
        Passage(
            document_id=one.id,
            start=part[0].start,
            end=part[-1].end,
            anchor="main",
            heading=(one.title,),
            language=one.language,
            tokens=sum(s.end - s.start for s in part),
            sentences=tuple(Sentence(s.start, s.end, s) for s in part),
        )
        for one in shelf
        for part in (one.statements[at : at + size] for at in range(0, len(one.statements), size))
    )


def ingested(shelf: Sequence[Document], bodies: tuple[Body, ...] = ()) -> IngestResult:
    """What ingestion would have made of a shelf."""
    ordered = tuple(sorted(shelf, key=lambda one: one.id))
    split = passages(ordered)
    return IngestResult(ordered, split, IngestReport(len(ordered), len(ordered)), bodies)


def build(root: Path, shelf: Sequence[Document], embedder: Embedder) -> BuildReport:
    """Index a shelf under `root`."""
    return build_index(root, ingested(shelf, BODIES), embedder, CHUNKER)


def built(root: Path, shelf: Sequence[Document], embedder: Embedder) -> Generation:
    """Index a shelf and open it."""
    build(root, shelf, embedder)
    return open_current(root, embedder.identity)


def quotes(generation: Generation) -> list[str]:
    """Every sentence of a generation, as it would be cited."""
    stored = generation.store.passages(range(generation.manifest.passages))
    return [
        generation.store.document(one.passage.document_id).text[s.start : s.end]
        for one in stored
        for s in one.passage.sentences
    ]


class PlannedEmbedder:
    """Gives the vector that was planned for a word of the text; every text must hold one."""

    def __init__(self, plan: Mapping[str, Sequence[float]]) -> None:
        self._plan = {word: np.array(v, dtype=np.float32) for word, v in plan.items()}
        dimension = next(iter(self._plan.values())).size
        self.identity = EmbedderIdentity("planned", "planned-weights", dimension, "", "")

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self._vector(text) for text in texts])

    def embed_passages(self, texts: Sequence[str], advance: Advance | None = None) -> Vectors:
        if advance:
            advance(len(texts))
        return self.embed_queries(texts)

    def _vector(self, text: str) -> Vectors:
        vector = next(vector for word, vector in self._plan.items() if word in text)
        return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


SHELF = (
    document(
        "saffron",
        "fr",
        "Le safran de Taliouine",
        "L'exportation du safran demande un certificat phytosanitaire.",
        "Le guichet du safran répond au 0537736074.",
        "La loi 13-89 encadre le commerce extérieur.",
    ),
    document(
        "saffron",
        "ar",
        "زعفران تالوين",
        "يتطلب تصدير الزعفران شهادة الصحة النباتية.",
        "يجيب شباك الزعفران على الرقم 0537736074.",
        "ينظم القانون 13-89 التجارة الخارجية.",
    ),
    document(
        "carpets",
        "fr",
        "Les tapis exportés",
        "Le tapis artisanal porte une étiquette de laine.",
        "L'exportation des tapis atteint 240 millions de dirhams.",
    ),
    document(
        "carpets",
        "ar",
        "الزرابي المصدرة",
        "تحمل الزربية التقليدية بطاقة الصوف.",
        "يبلغ تصدير الزرابي 240 مليون درهم.",
    ),
    document(
        "olives",
        "en",
        "Olive oil permits",
        "The olive oil permit takes 30 days.",
        "Exporters pay nothing for the olive oil permit.",
    ),
)

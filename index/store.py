"""Documents, passages, sentences, directory and glossary in one read-only SQLite file."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter

from index.tokens import tokenize
from ingest.corpus import Body
from ingest.document import Document, Passage, Sentence, Statement, Status
from ingest.errors import DocumentMissingError
from ingest.figures import find_figures
from ingest.glossary import Term
from ingest.regions import Region

_SCHEMA = """
CREATE TABLE documents (
    id TEXT PRIMARY KEY, family TEXT NOT NULL, language TEXT NOT NULL, title TEXT NOT NULL,
    valid_from TEXT, body TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX documents_by_family ON documents (family, language);
CREATE TABLE passages (
    row INTEGER PRIMARY KEY, document_id TEXT NOT NULL REFERENCES documents (id),
    start INTEGER NOT NULL, end INTEGER NOT NULL, anchor TEXT NOT NULL, heading TEXT NOT NULL,
    language TEXT NOT NULL, tokens INTEGER NOT NULL, first_sentence INTEGER NOT NULL
);
CREATE TABLE sentences (
    row INTEGER PRIMARY KEY, passage INTEGER NOT NULL REFERENCES passages (row),
    start INTEGER NOT NULL, end INTEGER NOT NULL, statement TEXT, status TEXT, valid_to TEXT,
    words TEXT NOT NULL, tokens TEXT NOT NULL, figures TEXT NOT NULL
);
CREATE INDEX sentences_by_passage ON sentences (passage);
CREATE TABLE questions (
    row INTEGER PRIMARY KEY, document_id TEXT NOT NULL REFERENCES documents (id),
    statement TEXT, text TEXT NOT NULL
);
CREATE TABLE reference (
    kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, id)
) WITHOUT ROWID;
"""
_DOCUMENT = TypeAdapter(Document)
_CACHED = 2_048
Reference = Body | Term | Region
_R = TypeVar("_R", Body, Term, Region)
_REFERENCE: Mapping[type[Reference], TypeAdapter[Any]] = {
    kind: TypeAdapter(kind) for kind in (Body, Term, Region)
}


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with the row of its vector and the rows of its sentences' vectors."""

    row: int
    passage: Passage
    first_sentence: int


@dataclass(frozen=True, slots=True)
class StoredSentence:
    """A sentence with what decides whether it counts, read without its whole document.

    `anchor`, `status` and `valid_to` are those of its statement, None for a sentence that is none;
    `valid_from` is its document's. `tokens` are those of its words and of its document's title,
    `figures` the kinds of figure that its words hold.
    """

    row: int
    document_id: str
    family: str
    language: str
    title: str
    valid_from: str | None
    start: int
    end: int
    anchor: str | None
    status: Status | None
    valid_to: str | None
    words: str
    tokens: frozenset[str]
    figures: frozenset[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question filed with a document: at one of its statements, or at none and about it all."""

    document_id: str
    statement: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Places:
    """Where each vector belongs, row by row; sentences first, then questions.

    `statements` holds anchors, None for a sentence that is no statement and for a question about
    a whole document. `passages` are the passage rows of the sentences alone.
    """

    families: tuple[str, ...]
    statements: tuple[str | None, ...]
    passages: tuple[int, ...]


def write_store(
    path: Path,
    documents: Sequence[Document],
    passages: Sequence[Passage],
    questions: Sequence[Asked] = (),
    reference: Sequence[Reference] = (),
) -> None:
    """Create the file; rows follow the order of `passages` and of their sentences."""
    connection = sqlite3.connect(path)
    try:
        connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA)
        connection.executemany(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?)",
            (
                (d.id, d.family, d.language, d.title, d.valid_from, _DOCUMENT.dump_json(d).decode())
                for d in documents
            ),
        )
        connection.executemany(
            "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", _passage_rows(passages)
        )
        connection.executemany(
            "INSERT INTO sentences VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            _sentence_rows(documents, passages),
        )
        connection.executemany(
            "INSERT INTO questions VALUES (?, ?, ?, ?)",
            ((row, q.document_id, q.statement, q.text) for row, q in enumerate(questions)),
        )
        connection.executemany(
            "INSERT INTO reference VALUES (?, ?, ?)",
            (
                (type(entry).__name__, entry.id, _REFERENCE[type(entry)].dump_json(entry).decode())
                for entry in reference
            ),
        )
        connection.commit()
    finally:
        connection.close()


class Store:
    """Read access to the documents of one generation; safe to share between threads."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        self._connection.executescript("PRAGMA query_only = ON; PRAGMA trusted_schema = OFF;")
        self.document = lru_cache(maxsize=_CACHED)(self._document)

    def close(self) -> None:
        """Release the file."""
        self._connection.close()

    def _document(self, document_id: str) -> Document:
        """The document with this id; DocumentMissingError if the generation has none."""
        row = self._connection.execute(
            "SELECT body FROM documents WHERE id = ?", (document_id,)
        ).fetchone()
        if row is None:
            raise DocumentMissingError(
                f"No document {document_id!r} in this generation; "
                "GET /v1/documents lists those that exist."
            )
        return _DOCUMENT.validate_json(row[0])

    def counts(self) -> tuple[int, int, int, int]:
        """How many documents, passages, sentences and questions the generation has."""
        documents, passages, sentences, questions = self._connection.execute(
            "SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM passages),"
            " (SELECT count(*) FROM sentences), (SELECT count(*) FROM questions)"
        ).fetchone()
        return documents, passages, sentences, questions

    def places(self) -> Places:
        """Where each vector belongs."""
        sentences = self._connection.execute(
            "SELECT d.family, s.statement, s.passage FROM sentences s"
            " JOIN passages p ON p.row = s.passage JOIN documents d ON d.id = p.document_id"
            " ORDER BY s.row"
        ).fetchall()
        questions = self._connection.execute(
            "SELECT d.family, q.statement FROM questions q"
            " JOIN documents d ON d.id = q.document_id ORDER BY q.row"
        ).fetchall()
        return Places(
            families=tuple(family for family, *_ in (*sentences, *questions)),
            statements=tuple(row[1] for row in (*sentences, *questions)),
            passages=tuple(passage for *_, passage in sentences),
        )

    def documents(self, *, limit: int = -1, offset: int = 0) -> list[Document]:
        """Documents ordered by id."""
        rows = self._connection.execute(
            "SELECT body FROM documents ORDER BY id LIMIT ? OFFSET ?", (limit, offset)
        )
        return [_DOCUMENT.validate_json(body) for (body,) in rows]

    def variants(self, family: str) -> dict[str, str]:
        """Language to document id of the variants of one sheet."""
        rows = self._connection.execute(
            "SELECT language, id FROM documents WHERE family = ? ORDER BY id DESC", (family,)
        )
        return dict(rows.fetchall())

    def body(self, body_id: str) -> Body | None:
        """The body of the directory with this id, None if the generation has none."""
        row = self._connection.execute(
            "SELECT body FROM reference WHERE kind = ? AND id = ?", (Body.__name__, body_id)
        ).fetchone()
        return _REFERENCE[Body].validate_json(row[0]) if row else None

    def terms(self) -> list[Term]:
        """The glossary, ordered by id."""
        return self._reference(Term)

    def regions(self) -> list[Region]:
        """The regions, ordered by id."""
        return self._reference(Region)

    def _reference(self, kind: type[_R]) -> list[_R]:
        rows = self._connection.execute(
            "SELECT body FROM reference WHERE kind = ? ORDER BY id", (kind.__name__,)
        )
        return [_REFERENCE[kind].validate_json(body) for (body,) in rows]

    def passages(self, rows: Iterable[int]) -> list[StoredPassage]:
        """Passages by row, in the order given."""
        return [self._passage(row) for row in rows]

    def sentences(self, rows: Iterable[int]) -> list[StoredSentence]:
        """Sentences by the row of their vector, in the order given."""
        wanted = list(rows)
        found = {
            row[0]: StoredSentence(*row[:-2], *(frozenset(part.split()) for part in row[-2:]))
            for row in self._connection.execute(
                "SELECT s.row, d.id, d.family, d.language, d.title, d.valid_from, s.start, s.end,"
                " s.statement, s.status, s.valid_to, s.words, s.tokens, s.figures FROM sentences s"
                " JOIN passages p ON p.row = s.passage JOIN documents d ON d.id = p.document_id"
                " WHERE s.row IN (SELECT value FROM json_each(?))",
                (json.dumps(wanted),),
            )
        }
        return [found[row] for row in wanted]

    def _passage(self, row: int) -> StoredPassage:
        document_id, start, end, anchor, heading, language, tokens, first = (
            self._connection.execute(
                "SELECT document_id, start, end, anchor, heading, language, tokens, first_sentence"
                " FROM passages WHERE row = ?",
                (row,),
            ).fetchone()
        )
        statements = {s.anchor: s for s in self.document(document_id).statements}
        passage = Passage(
            document_id=document_id,
            start=start,
            end=end,
            anchor=anchor,
            heading=tuple(json.loads(heading)),
            language=language,
            tokens=tokens,
            sentences=self._sentences(row, statements),
        )
        return StoredPassage(row, passage, first)

    def _sentences(self, row: int, statements: dict[str, Statement]) -> tuple[Sentence, ...]:
        rows = self._connection.execute(
            "SELECT start, end, statement FROM sentences WHERE passage = ? ORDER BY row", (row,)
        )
        return tuple(
            Sentence(start, end, statements[anchor] if anchor else None)
            for start, end, anchor in rows
        )


def _passage_rows(passages: Sequence[Passage]) -> Iterable[tuple[object, ...]]:
    first_sentence = 0
    for row, p in enumerate(passages):
        heading = json.dumps(p.heading, ensure_ascii=False)
        yield (
            row, p.document_id, p.start, p.end, p.anchor, heading, p.language, p.tokens,
            first_sentence,
        )  # fmt: skip
        first_sentence += len(p.sentences)


def _sentence_rows(
    documents: Sequence[Document], passages: Sequence[Passage]
) -> Iterable[tuple[object, ...]]:
    shelf = {document.id: document for document in documents}
    sentences = ((row, p, s) for row, p in enumerate(passages) for s in p.sentences)
    for number, (row, passage, sentence) in enumerate(sentences):
        statement, document = sentence.statement, shelf[passage.document_id]
        words = document.text[sentence.start : sentence.end]
        yield (
            number, row, sentence.start, sentence.end,
            statement.anchor if statement else None,
            statement.status if statement else None,
            statement.valid_to if statement else None,
            words,
            " ".join(sorted(set(tokenize(f"{document.title}\n{words}")))),
            " ".join(sorted({figure.kind for figure in find_figures(words)})),
        )  # fmt: skip

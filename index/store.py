"""Documents, passages, sentences, directory and glossary in one read-only SQLite file.

`index/storewriter.py` writes it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, repeat
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import TypeAdapter

from index.files import read_only
from index.splice import Contents
from ingest.body import Body
from ingest.document import OVERVIEW, Document, Kind, Passage, Sentence, Statement, Status
from ingest.errors import DocumentMissingError
from ingest.glossary import Term
from ingest.regions import Gazetteer, Region

DOCUMENT = TypeAdapter(Document)
_CACHED = 2_048
Reference = Body | Term | Region
_R = TypeVar("_R", Body, Term, Region)
REFERENCE: Mapping[type[Reference], TypeAdapter[Any]] = {
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

    `anchor`, `status` and `valid_to` are those of its statement; a sentence that is none has no
    anchor, the end of its document, and the status `superseded` when that was repealed.
    `valid_from` is its document's. `tokens` are those of its words, its context and its document's
    title, `figures` the kinds of figure that its words hold, `context` is that of `Sentence`.
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
    context: tuple[str, ...] = ()


Validity = Literal["current", "past", "future"]


@dataclass(frozen=True, slots=True)
class Selection:
    """What a search is narrowed down to; None narrows nothing.

    By the `day` (ISO) a sentence is `past` when it was repealed or replaced or has run out,
    `future` when it is announced or its document does not hold yet, else `current`. `publisher` is
    that of a source of the sentence itself.
    """

    day: str
    kind: Kind | None = None
    language: str | None = None
    validity: Validity | None = None
    publisher: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether it leaves everything in."""
        return (self.kind, self.language, self.validity, self.publisher) == (None,) * 4


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


def sentence_text(title: str, words: str, context: Iterable[str] = ()) -> str:
    """What is embedded for a sentence: the document's title names the subject it may leave out."""
    return "\n".join((title, *context, words))


class Store:
    """Read access to the documents of one generation; safe to share between threads."""

    def __init__(self, path: Path) -> None:
        self._connection = read_only(path)
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
        return DOCUMENT.validate_json(row[0])

    def counts(self) -> tuple[int, int, int, int]:
        """How many documents, passages, sentences and questions the generation has."""
        documents, passages, sentences, questions = self._connection.execute(
            "SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM passages),"
            " (SELECT count(*) FROM sentences), (SELECT count(*) FROM questions)"
        ).fetchone()
        return documents, passages, sentences, questions

    def places(self) -> Places:
        """Where each vector belongs."""
        passages = self._connection.execute(
            "SELECT d.family, p.first_sentence FROM passages p"
            " JOIN documents d ON d.id = p.document_id ORDER BY p.row"
        ).fetchall()
        questions = self._connection.execute(
            "SELECT d.family, q.statement FROM questions q"
            " JOIN documents d ON d.id = q.document_id ORDER BY q.row"
        ).fetchall()
        statements = [
            statement
            for (statement,) in self._connection.execute(
                "SELECT statement FROM sentences ORDER BY row"
            )
        ]
        ends = [first for _, first in passages[1:]] + [len(statements)]
        held = [end - first for (_, first), end in zip(passages, ends, strict=False)]
        families = (repeat(family, size) for (family, _), size in zip(passages, held, strict=True))
        rows = (repeat(row, size) for row, size in enumerate(held))
        return Places(
            families=(*chain.from_iterable(families), *(family for family, _ in questions)),
            statements=(*statements, *(statement for _, statement in questions)),
            passages=(*chain.from_iterable(rows),),
        )

    def embedded_texts(self) -> Iterator[str]:
        """The texts that have a vector, row by row."""
        for title, context, words in self._connection.execute(
            "SELECT d.title, s.context, s.words FROM sentences s"
            " JOIN passages p ON p.row = s.passage JOIN documents d ON d.id = p.document_id"
            " ORDER BY s.row"
        ):
            yield sentence_text(title, words, json.loads(context))
        for (text,) in self._connection.execute("SELECT text FROM questions ORDER BY row"):
            yield text

    def contents(self) -> Contents:
        """The documents by id, each with its seal and how many rows it has."""
        rows = self._connection.execute(
            "SELECT id, seal, passages, sentences, questions FROM documents ORDER BY id"
        ).fetchall()
        return Contents.of({name: seal for name, seal, *_ in rows}, [row[2:] for row in rows])

    def passage_words(self, documents: Iterable[str]) -> Iterator[tuple[str, str]]:
        """The id of its document, and the words, of each passage of some documents; by document,
        then row.
        """
        yield from self._connection.execute(
            "SELECT p.document_id, p.heading || coalesce((SELECT group_concat(words, char(10)) FROM"
            " (SELECT words FROM sentences WHERE passage = p.row ORDER BY row)), '')"
            " FROM passages p WHERE p.document_id IN (SELECT value FROM json_each(?))"
            " ORDER BY p.document_id, p.row",
            (json.dumps([*documents]),),
        )

    def documents_of(self, file: str) -> list[Document]:
        """The documents that were read from a file, or from the files of a folder, by id."""
        rows = self._connection.execute(
            "SELECT body FROM documents WHERE json_extract(body, '$.file') = :file"
            " OR substr(json_extract(body, '$.file'), 1, length(:file) + 1) = :file || '/'"
            " ORDER BY id",
            {"file": file},
        )
        return [DOCUMENT.validate_json(body) for (body,) in rows]

    def documents(self, *, limit: int = -1, offset: int = 0) -> list[Document]:
        """Documents ordered by id."""
        rows = self._connection.execute(
            "SELECT body FROM documents ORDER BY id LIMIT ? OFFSET ?", (limit, offset)
        )
        return [DOCUMENT.validate_json(body) for (body,) in rows]

    def overviews(self) -> list[int]:
        """The rows of the guides' overviews, ascending."""
        rows = self._connection.execute(
            f"SELECT row FROM sentences WHERE statement = '{OVERVIEW}' ORDER BY row"  # noqa: S608
        )
        return [row for (row,) in rows]

    def documents_of_kind(self, kind: Kind) -> list[Document]:
        """The documents of a kind, ordered by id."""
        rows = self._connection.execute(
            "SELECT id FROM documents WHERE json_extract(body, '$.kind') = ? ORDER BY id", (kind,)
        )
        return [self.document(document_id) for (document_id,) in rows.fetchall()]

    def stream(self) -> Iterator[Document]:
        """All documents by id, one in memory at a time."""
        for (body,) in self._connection.execute("SELECT body FROM documents ORDER BY id"):
            yield DOCUMENT.validate_json(body)

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
        return REFERENCE[Body].validate_json(row[0]) if row else None

    def bodies(self) -> list[Body]:
        """The directory, ordered by id."""
        return self._reference(Body)

    def texts(self) -> Iterator[str]:
        """What is searched: the words of each sentence, and each question that was filed."""
        rows = self._connection.execute(
            "SELECT words FROM sentences UNION ALL SELECT text FROM questions"
        )
        return (text for (text,) in rows)

    def filed_questions(self, language: str) -> list[tuple[str, str]]:
        """The first question filed with each document of a language, with the document's id."""
        rows = self._connection.execute(
            "SELECT q.document_id, q.text, min(q.row) FROM questions q"
            " JOIN documents d ON d.id = q.document_id"
            " WHERE q.statement IS NULL AND d.language = ? GROUP BY q.document_id",
            (language,),
        )
        return [(document_id, text) for document_id, text, _ in rows]

    def sectors(self) -> list[str]:
        """The sectors that documents are about, in alphabetical order."""
        rows = self._connection.execute(
            "SELECT DISTINCT value FROM documents, json_each(body, '$.sectors') ORDER BY value"
        )
        return [sector for (sector,) in rows]

    def terms(self) -> list[Term]:
        """The glossary, ordered by id."""
        return self._reference(Term)

    def regions(self) -> list[Region]:
        """The regions, ordered by id."""
        return self._reference(Region)

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """Finds the regions that a text names; made once, for it holds a long pattern."""
        return Gazetteer(self.regions())

    def _reference(self, kind: type[_R]) -> list[_R]:
        rows = self._connection.execute(
            "SELECT body FROM reference WHERE kind = ? ORDER BY id", (kind.__name__,)
        )
        return [REFERENCE[kind].validate_json(body) for (body,) in rows]

    def passages(self, rows: Iterable[int]) -> list[StoredPassage]:
        """Passages by row, in the order given."""
        return [self._passage(row) for row in rows]

    def sentences(self, rows: Iterable[int]) -> list[StoredSentence]:
        """Sentences by the row of their vector, in the order given."""
        wanted = list(rows)
        found = {
            row[0]: _stored(row)
            for row in self._connection.execute(
                "SELECT s.row, d.id, d.family, p.language, d.title, d.valid_from, s.start, s.end,"
                " s.statement, s.status, s.valid_to, s.words, s.tokens, s.figures, s.context"
                " FROM sentences s"
                " JOIN passages p ON p.row = s.passage JOIN documents d ON d.id = p.document_id"
                " WHERE s.row IN (SELECT value FROM json_each(?))",
                (json.dumps(wanted),),
            )
        }
        return [found[row] for row in wanted]

    def selected(self, selection: Selection) -> list[int]:
        """The rows of the sentences that a selection leaves, in ascending order."""
        publisher = selection.publisher
        rows = self._connection.execute(
            " AND ".join((_SELECTED, *_conditions(selection))) + " ORDER BY s.row",
            {
                "kind": selection.kind,
                "language": selection.language,
                "day": selection.day,
                "publisher": publisher,
                "written": publisher and json.dumps(publisher, ensure_ascii=False),
            },
        )
        return [row for (row,) in rows]

    def publishers(self) -> Mapping[str, int]:
        """How many documents name each publisher as a source, by name."""
        rows = self._connection.execute(
            "SELECT publisher, count(DISTINCT id) FROM ("
            " SELECT id, json_extract(body, '$.source.publisher') AS publisher FROM documents"
            " UNION ALL SELECT d.id, json_extract(so.value, '$.publisher') FROM documents d,"
            " json_each(d.body, '$.statements') st, json_each(st.value, '$.sources') so"
            ") WHERE publisher IS NOT NULL GROUP BY publisher ORDER BY publisher"
        )
        return dict(rows.fetchall())

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
            "SELECT start, end, statement, context FROM sentences WHERE passage = ? ORDER BY row",
            (row,),
        )
        return tuple(
            Sentence(start, end, statements[anchor] if anchor else None, tuple(json.loads(context)))
            for start, end, anchor, context in rows
        )


_SELECTED = (
    "SELECT s.row FROM sentences s"
    " JOIN passages p ON p.row = s.passage JOIN documents d ON d.id = p.document_id WHERE true"
)
_PAST = "(s.valid_to < :day OR s.status IN ('superseded', 'historical'))"
_FUTURE = "(d.valid_from > :day OR s.status = 'announced')"
_VALIDITIES: Mapping[Validity, str] = {
    "past": f"coalesce({_PAST}, 0)",
    "future": f"coalesce({_FUTURE}, 0) AND NOT coalesce({_PAST}, 0)",
    "current": f"NOT coalesce({_PAST}, 0) AND NOT coalesce({_FUTURE}, 0)",
}
_PUBLISHED = (
    "instr(d.body, :written) AND (json_extract(d.body, '$.source.publisher') = :publisher"
    " OR EXISTS (SELECT 1 FROM json_each(d.body, '$.statements') st,"
    " json_each(st.value, '$.sources') so WHERE json_extract(st.value, '$.anchor') = s.statement"
    " AND json_extract(so.value, '$.publisher') = :publisher))"
)


def _conditions(selection: Selection) -> Iterator[str]:
    if selection.kind:
        yield "json_extract(d.body, '$.kind') = :kind"
    if selection.language:
        yield "p.language = :language"
    if selection.validity:
        yield _VALIDITIES[selection.validity]
    if selection.publisher:
        yield _PUBLISHED


def _stored(row: Sequence[Any]) -> StoredSentence:
    *plain, tokens, figures, context = row
    words = (frozenset(tokens.split()), frozenset(figures.split()))
    return StoredSentence(*(*plain, *words, tuple(json.loads(context))))

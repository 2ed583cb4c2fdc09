"""The store as it is written: once, document by document, or put together from others' rows."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from index.files import address
from index.splice import Part, Run, Splice
from index.store import DOCUMENT, REFERENCE, Asked, Reference
from index.tokens import figure_kinds, tokenize
from ingest.document import OVERVIEW, Document, Passage, Sentence, Status

_SCHEMA = """
CREATE TABLE documents (
    id TEXT PRIMARY KEY, family TEXT NOT NULL, language TEXT NOT NULL, title TEXT NOT NULL,
    valid_from TEXT, seal TEXT NOT NULL, passages INTEGER NOT NULL, sentences INTEGER NOT NULL,
    questions INTEGER NOT NULL, body TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE passages (
    row INTEGER PRIMARY KEY, document_id TEXT NOT NULL REFERENCES documents (id),
    start INTEGER NOT NULL, end INTEGER NOT NULL, anchor TEXT NOT NULL, heading TEXT NOT NULL,
    language TEXT NOT NULL, tokens INTEGER NOT NULL, first_sentence INTEGER NOT NULL
);
CREATE TABLE sentences (
    row INTEGER PRIMARY KEY, passage INTEGER NOT NULL REFERENCES passages (row),
    start INTEGER NOT NULL, end INTEGER NOT NULL, statement TEXT, status TEXT, valid_to TEXT,
    words TEXT NOT NULL, tokens TEXT NOT NULL, figures TEXT NOT NULL, context TEXT NOT NULL
);
CREATE TABLE questions (
    row INTEGER PRIMARY KEY, document_id TEXT NOT NULL REFERENCES documents (id),
    statement TEXT, text TEXT NOT NULL
);
CREATE TABLE reference (
    kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, id)
) WITHOUT ROWID;
"""
_INDEXES = (
    "CREATE INDEX documents_by_family ON documents (family, language)",
    "CREATE INDEX sentences_by_passage ON sentences (passage)",
    f"CREATE INDEX overviews ON sentences (row) WHERE statement = '{OVERVIEW}'",
)
_COPIES: Mapping[Part, str] = {
    Part.DOCUMENTS: """
        INSERT INTO documents SELECT * FROM {source}.documents
        WHERE id BETWEEN :first AND :last ORDER BY id
    """,
    Part.PASSAGES: """
        INSERT INTO passages SELECT row + :passages, document_id, start, end, anchor, heading,
            language, tokens, first_sentence + :sentences
        FROM {source}.passages WHERE row >= :passages_begin AND row < :passages_end ORDER BY row
    """,
    Part.SENTENCES: """
        INSERT INTO sentences SELECT row + :sentences, passage + :passages, start, end, statement,
            status, valid_to, words, tokens, figures, context
        FROM {source}.sentences WHERE row >= :sentences_begin AND row < :sentences_end ORDER BY row
    """,
    Part.QUESTIONS: """
        INSERT INTO questions SELECT row + :questions, document_id, statement, text
        FROM {source}.questions WHERE row >= :questions_begin AND row < :questions_end ORDER BY row
    """,
}
Cut = Callable[[str], Sequence[str]]
_SETTINGS = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -8000;
PRAGMA trusted_schema = OFF;
"""


class StoreWriter:
    """Writes a new store; nothing can be read from it before `commit`.

    Equal documents in equal order give equal bytes.
    """

    def __init__(self, path: Path) -> None:
        self._connection = _created(path)
        self.passages = self.sentences = self.questions = 0

    def close(self) -> None:
        """Release the file."""
        self._connection.close()

    def add(
        self,
        document: Document,
        passages: Iterable[Passage],
        questions: Iterable[Asked],
        seal: str = "",
        cut: Cut = tokenize,
    ) -> None:
        """One more document with its passages and the questions filed with it.

        `seal` stands for all that its rows are made from; `cut` gives the tokens of a text, and may
        remember them.
        """
        before = self.passages, self.sentences, self.questions
        for passage in passages:
            self._add_passage(document, passage, cut)
        for asked in questions:
            self._connection.execute(
                "INSERT INTO questions VALUES (?, ?, ?, ?)",
                (self.questions, asked.document_id, asked.statement, asked.text),
            )
            self.questions += 1
        after = self.passages, self.sentences, self.questions
        sizes = (now - then for now, then in zip(after, before, strict=True))
        self._connection.execute(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                document.id, document.family, document.language, document.title,
                document.valid_from, seal, *sizes, DOCUMENT.dump_json(document).decode(),
            ),
        )  # fmt: skip

    def commit(self, reference: Iterable[Reference] = ()) -> None:
        """Add what answers refer to besides documents, and finish the file."""
        _finish(self._connection, reference)

    def _add_passage(self, document: Document, passage: Passage, cut: Cut) -> None:
        heading = json.dumps(passage.heading, ensure_ascii=False)
        self._connection.execute(
            "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self.passages, passage.document_id, passage.start, passage.end, passage.anchor,
                heading, passage.language, passage.tokens, self.sentences,
            ),
        )  # fmt: skip
        for sentence in passage.sentences:
            self._connection.execute(
                "INSERT INTO sentences VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (self.sentences, self.passages, *_columns(document, sentence, cut)),
            )
            self.sentences += 1
        self.passages += 1


def join_stores(
    path: Path, former: Path | None, fresh: Path, splice: Splice, reference: Iterable[Reference]
) -> None:
    """Create the file from the rows of two others, which nothing changes meanwhile.

    Table by table: equal rows give equal bytes, whichever file they come from.
    """
    with closing(_created(path)) as connection:
        if former:
            connection.execute("ATTACH ? AS former", (address(former),))
        connection.execute("ATTACH ? AS fresh", (address(fresh),))
        for copy in _COPIES.values():
            for run in splice.runs:
                connection.execute(copy.format(source=run.source), _moved(run))
        _finish(connection, reference)


def write_store(
    path: Path,
    documents: Sequence[Document],
    passages: Sequence[Passage],
    questions: Sequence[Asked] = (),
    reference: Sequence[Reference] = (),
) -> None:
    """Create the file from what is in memory."""
    with closing(StoreWriter(path)) as writer:
        for one in documents:
            writer.add(
                one,
                (passage for passage in passages if passage.document_id == one.id),
                (asked for asked in questions if asked.document_id == one.id),
            )
        writer.commit(reference)


def _created(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, uri=True)
    connection.executescript(_SETTINGS + _SCHEMA)
    return connection


def _moved(run: Run) -> dict[str, str | int]:
    """The bounds of a run, and how far its rows move."""
    bounds: dict[str, str | int] = {"first": run.first, "last": run.last}
    for part in Part:
        name, span = part.name.lower(), run.spans[part]
        bounds |= {f"{name}_begin": span.begin, f"{name}_end": span.end}
        bounds[name] = span.at - span.begin
    return bounds


def _finish(connection: sqlite3.Connection, reference: Iterable[Reference]) -> None:
    connection.executemany(
        "INSERT INTO reference VALUES (?, ?, ?)",
        (
            (type(entry).__name__, entry.id, REFERENCE[type(entry)].dump_json(entry).decode())
            for entry in reference
        ),
    )
    for index in _INDEXES:
        connection.execute(index)
    connection.commit()


def _standing(document: Document) -> Status | None:
    return "superseded" if document.law and document.law.is_repealed else None


def _columns(document: Document, sentence: Sentence, cut: Cut) -> tuple[object, ...]:
    statement = sentence.statement
    words = document.text[sentence.start : sentence.end]
    tokens = {token for text in (document.title, *sentence.context, words) for token in cut(text)}
    return (
        sentence.start,
        sentence.end,
        statement.anchor if statement else None,
        statement.status if statement else _standing(document),
        statement.valid_to if statement else document.valid_to,
        words,
        " ".join(sorted(tokens)),
        " ".join(sorted(figure_kinds(cut(words)))),
        json.dumps(sentence.context, ensure_ascii=False),
    )

"""A made-up store: documents of made-up sentences, as many as are wanted."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from itertools import islice
from math import ceil
from pathlib import Path

from evals.kin import WordKin
from index.storewriter import StoreWriter
from ingest.document import Document, Passage, Section, Sentence

SENTENCES = 10
"""Sentences of a document."""

_WRITTEN = 10_000
_COPY = """
INSERT INTO documents SELECT id || '+{copy}', family || '+{copy}', language, title, valid_from,
seal, passages, sentences, questions, body FROM documents WHERE instr(id, '+') = 0 AND id < '{end}';
INSERT INTO passages SELECT row + {passages}, document_id || '+{copy}', start, end, anchor, heading,
language, tokens, first_sentence + {rows} FROM passages
WHERE instr(document_id, '+') = 0 AND document_id < '{end}';
INSERT INTO sentences SELECT row + {rows}, passage + {passages}, start, end, statement, status,
valid_to, words, tokens, figures, context FROM sentences WHERE row < {count};
"""


def write_store(path: Path, rows: int, kin: WordKin) -> None:
    """Write the first rows one by one, and fill the rest with copies under other names."""
    written = min(rows, _WRITTEN)
    sentences = kin.draw(written, seed=0)
    with closing(StoreWriter(path)) as writer:
        for number in range(_documents(written)):
            document = _document(_name(number), tuple(islice(sentences, SENTENCES)))
            writer.add(document, [_passage(document)], ())
        writer.commit()
    with closing(sqlite3.connect(path)) as connection, connection:
        for copy, begin in enumerate(range(written, rows, written), start=1):
            count = min(written, rows - begin)
            connection.executescript(
                _COPY.format(
                    copy=copy,
                    rows=begin,
                    count=count,
                    end=_name(_documents(count)),
                    passages=_documents(begin),
                )
            )


def _documents(rows: int) -> int:
    return ceil(rows / SENTENCES)


def _name(number: int) -> str:
    return f"{number:09}"


def _document(name: str, sentences: Sequence[str]) -> Document:
    text = "\n".join(sentences)
    return Document(
        id=name,
        family=name,
        language="fr",
        title=sentences[0],
        text=text,
        sections=(Section("all", (sentences[0],), 0, len(text)),),
    )


def _passage(document: Document) -> Passage:
    ends = [at for at, letter in enumerate(f"{document.text}\n") if letter == "\n"]
    starts = [0, *(end + 1 for end in ends[:-1])]
    return Passage(
        document_id=document.id,
        start=0,
        end=len(document.text),
        anchor="all",
        heading=(document.title,),
        language=document.language,
        tokens=len(document.text.split()),
        sentences=tuple(Sentence(*span, None) for span in zip(starts, ends, strict=True)),
    )

"""Extracted: one document of a file, as text that reads like Markdown."""

from dataclasses import dataclass

from ingest.document import Law, Source
from ingest.suspicion import Suspicion
from ingest.unseen import Unseen


@dataclass(frozen=True, slots=True)
class Extracted:
    """One document of a file, and what the file says about it.

    Lines are stripped, and one is a heading, a paragraph, an item or a row: headings are marked
    with `#`, items with `-` (inside another item `◦`, then `▪`) or their number, rows of a table
    with `|`; a blank line parts the blocks. Where it `is_verbatim` they are the lines of the file.
    `id` is what a file of records calls the document, and `row` the line (from 1) on which it
    stands there; None when the file is the document. `pages` holds the number of the line (from 0)
    on which each printed page begins, empty where there are none; a page without text begins where
    the next one does. `guessed` names the fields that are not stated but inferred. `suspicions` are
    what gives the file away, and `unseen` what it hides and was left out. `refused` says why a
    part of the file, such as a line of a file of records or pages that are pictures, is left out
    while the rest goes in: there is no text then.
    """

    text: str
    id: str | None = None
    row: int | None = None
    title: str | None = None
    language: str | None = None
    source: Source | None = None
    law: Law | None = None
    as_of: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    pages: tuple[int, ...] = ()
    guessed: tuple[str, ...] = ()
    suspicions: tuple[Suspicion, ...] = ()
    unseen: tuple[Unseen, ...] = ()
    refused: str | None = None
    is_verbatim: bool = False

"""The gold: questions with what a right answer holds, and what makes an answer wrong."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from assistant.answer import ANSWERING, Status
from assistant.question import Language, Question, Turn
from evals.jsonl import distinct, read_jsonl
from evals.record import Record

FactType = Literal["number", "date", "phone", "code", "name", "text"]
Kind = Literal[
    "lookup", "number", "date", "procedure", "contact", "definition", "multi", "conflict", "stale",
    "followup", "unanswerable", "out_of_scope", "unlawful", "legal_advice", "personal_data",
    "injection", "clarify",
]  # fmt: skip

Split = Literal["dev", "test"]

_Words = Annotated[str, StringConstraints(pattern=r"\w")]


class Fact(Record):
    """Something a right answer says, in any of its surface forms.

    `near` lists units, one of which must stand close to a bare number of `any`; a form that
    carries its own unit needs none. Only facts that `must` be there decide whether an answer is
    complete.
    """

    type: FactType
    any: Annotated[tuple[_Words, ...], Field(min_length=1)]
    near: tuple[_Words, ...] = ()
    must: bool = True


class Evidence(Record):
    """A span of a document that answers the question: `text[start:end]`, one whole statement.

    Grade 2 is essential, 1 supports. The variants of a sheet share the anchor `statement`, so the
    same words in another language prove as much; `start` and `end` are those of `document`.
    """

    document: Annotated[str, StringConstraints(min_length=1)]
    statement: Annotated[str, StringConstraints(min_length=1)]
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(gt=0)]
    grade: Literal[1, 2] = 2


class GoldItem(Record):
    """One question. `expect` are the statuses that are right, `best` the most fitting one.

    `partial_if` also accepts `partial`, if nothing `forbidden` is said and, when the item has
    `evidence`, some of it is cited: the words with which the documents say what they do not know.
    `forbidden_as_current` may be said as past or disputed, never as what holds. `sheets` are the
    families the question was written about: they decide its split and its cluster. `standalone` is
    what a follow-up means, in full. `replies` are languages that also suit as the answer's.
    """

    id: Annotated[str, StringConstraints(min_length=1)]
    language: Language
    question: str
    history: tuple[Turn, ...] = ()
    standalone: str | None = None
    as_of: date | None = None
    replies: tuple[Language, ...] = ()
    kind: Kind
    expect: Annotated[tuple[Status, ...], Field(min_length=1)]
    best: Status
    facts: tuple[Fact, ...] = ()
    forbidden: tuple[_Words, ...] = ()
    forbidden_as_current: tuple[_Words, ...] = ()
    partial_if: bool = False
    basis: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    tags: tuple[str, ...] = ()
    note: str = ""

    def asked(self, day: date | None = None) -> Question:
        """What is typed, after what went before; on `day` where it names none."""
        return Question(question=self.question, history=self.history, as_of=self.as_of or day)

    @property
    def answerable(self) -> bool:
        """Whether the best outcome is an answer, be it a partial one."""
        return self.best in ANSWERING


@dataclass(frozen=True, slots=True)
class Gold:
    """A gold file: its name, the sha256 of its bytes, its items in order and their lines."""

    name: str
    sha256: str
    items: tuple[GoldItem, ...]
    lines: tuple[int, ...] = ()

    @classmethod
    def of(cls, path: Path, rows: Iterable[tuple[int, GoldItem]]) -> "Gold":
        """The gold that a file holds, from its lines and items."""
        pairs = tuple(rows)
        return cls(
            name=path.name,
            sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
            items=tuple(item for _, item in pairs),
            lines=tuple(line for line, _ in pairs),
        )


def split_of(family: str) -> Split:
    """The split that questions about a sheet belong to: the parity of its id's sha256.

    A rule rather than a list, so that a new sheet has its place before anyone looks at it.
    """
    return "dev" if hashlib.sha256(family.encode()).digest()[0] % 2 == 0 else "test"


def read_gold(path: Path) -> Gold:
    """Read and check a gold file.

    Raises PathMissingError, or DatasetError naming file and line for broken JSON, an unknown or
    missing field, a repeated id, and a file without items.
    """
    return Gold.of(path, distinct(path, read_jsonl(path, GoldItem), "question"))

"""The gold: questions with what a right answer holds, and what makes an answer wrong."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from assistant.answer import Status
from assistant.question import Language, Turn
from evals.jsonl import DatasetError, read_jsonl

FactType = Literal["number", "date", "phone", "code", "name", "text"]
Kind = Literal[
    "lookup", "number", "date", "procedure", "contact", "definition", "multi", "conflict", "stale",
    "followup", "unanswerable", "out_of_scope", "unlawful", "legal_advice", "personal_data",
    "injection", "clarify",
]  # fmt: skip

ANSWERING: frozenset[Status] = frozenset({"answered", "partial", "conflict"})
"""Statuses that give an answer; the others withhold one."""

_Words = Annotated[str, StringConstraints(pattern=r"\w")]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Fact(_Strict):
    """Something a right answer says, in any of its surface forms.

    `near` lists units, one of which must stand close to a bare number of `any`; a form that
    carries its own unit needs none. Only facts that `must` be there decide whether an answer is
    complete.
    """

    type: FactType
    any: Annotated[tuple[_Words, ...], Field(min_length=1)]
    near: tuple[_Words, ...] = ()
    must: bool = True


class GoldItem(_Strict):
    """One question. `expect` are the statuses that are right, `best` the most fitting one.

    `partial_if` also accepts `partial`, if nothing `forbidden` is said. `forbidden_as_current` may
    be said as past or disputed, never as what holds.
    """

    id: Annotated[str, StringConstraints(min_length=1)]
    language: Language
    question: str
    history: tuple[Turn, ...] = ()
    kind: Kind
    expect: Annotated[tuple[Status, ...], Field(min_length=1)]
    best: Status
    facts: tuple[Fact, ...] = ()
    forbidden: tuple[_Words, ...] = ()
    forbidden_as_current: tuple[_Words, ...] = ()
    partial_if: bool = False
    basis: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    note: str = ""

    @property
    def answerable(self) -> bool:
        """Whether the best outcome is an answer, be it a partial one."""
        return self.best in ANSWERING


@dataclass(frozen=True, slots=True)
class Gold:
    """A gold file: its name, the sha256 of its bytes, and its items in order."""

    name: str
    sha256: str
    items: tuple[GoldItem, ...]


def read_gold(path: Path) -> Gold:
    """Read and check a gold file.

    Raises PathMissingError, or DatasetError naming file and line for broken JSON, an unknown or
    missing field, a repeated id, and a file without items.
    """
    items: dict[str, GoldItem] = {}
    for line, item in read_jsonl(path, GoldItem):
        if item.id in items:
            raise DatasetError(f"{path}:{line}: id: {item.id!r} occurs twice; rename one of them")
        items[item.id] = item
    if not items:
        raise DatasetError(f"{path}:1: holds no question; give a file with one a line")
    return Gold(path.name, hashlib.sha256(path.read_bytes()).hexdigest(), tuple(items.values()))

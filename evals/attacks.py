"""Attacks on the verification: altered sentences that must be stopped, faithful ones that must not.

`evals/attacks/verification.jsonl` names the words it stands on by document and statement; they are
looked up, so that no copy of the corpus can age beside it. Scored by `assistant.verify.check`
alone, without model or index, so it runs offline and twice the same.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import StringConstraints

from assistant.evidence import Evidence
from assistant.state import Draft
from assistant.verify import check
from evals.gold import Split, split_of
from evals.jsonl import distinct, read_jsonl
from evals.record import Record
from evals.statistics import Interval, wilson
from evals.table import aligned
from ingest.document import Document
from ingest.errors import DatasetError

Kind = Literal[
    "number", "unit", "date", "name", "negation", "bound", "clause", "merged", "code",
    "verbatim", "shortened", "format", "paraphrase", "list", "cross",
]  # fmt: skip

CROSS: Kind = "cross"
"""Drafts in another language than their evidence: none is admitted, see ADR 0011. They stand in
rows of their own."""

ALL = "all"
_Text = Annotated[str, StringConstraints(min_length=1)]


class Attack(Record):
    """A draft that cites `statement`, and `other` of the same document if there is one.

    It must be `stopped` if it says something else than the words it cites.
    """

    id: _Text
    document: _Text
    statement: _Text
    other: str | None = None
    kind: Kind
    draft: _Text
    stopped: bool


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one draft; `reason` names the check that stopped it, empty if none did."""

    attack: Attack
    split: Split
    language: str
    reason: str

    @property
    def stopped(self) -> bool:
        """Whether the draft was held back."""
        return bool(self.reason)


@dataclass(frozen=True, slots=True)
class Share:
    """How many of `n` drafts were stopped, with Wilson's interval around the share."""

    stopped: int
    n: int

    @property
    def value(self) -> float:
        """The share itself; 0 of none."""
        return self.stopped / self.n if self.n else 0.0

    @property
    def interval(self) -> Interval:
        """Where the share lies for drafts like these."""
        return wilson(self.stopped, self.n)


def read_attacks(path: Path) -> tuple[Attack, ...]:
    """Read and check a file of attacks.

    Raises PathMissingError, or DatasetError naming file and line for broken JSON, an unknown or
    missing field, a repeated id, and a file without attacks.
    """
    rows = distinct(path, read_jsonl(path, Attack), "attack")
    return tuple(attack for _, attack in rows)


def run_attacks(attacks: Iterable[Attack], documents: Iterable[Document]) -> tuple[Result, ...]:
    """Hold each draft against the words it cites.

    Raises DatasetError for a document or statement that the documents do not hold.
    """
    known = {document.id: document for document in documents}
    return tuple(_result(attack, known) for attack in attacks)


def share(results: Iterable[Result]) -> Share:
    """The share of drafts that were stopped."""
    stopped = [result.stopped for result in results]
    return Share(sum(stopped), len(stopped))


def table(results: Sequence[Result]) -> str:
    """One row a kind, one column a language: stopped of all, with the interval over languages.

    Altered drafts come first; of the faithful ones below, those stopped are the price.
    """
    languages = sorted({result.language for result in results})
    lines = [["drafts", "kind", *languages, ALL, "share", "95 %"]]
    for altered in (True, False):
        chosen = [result for result in results if result.attack.stopped is altered]
        lines += [
            [("altered" if altered else "faithful"), kind, *_cells(rows, languages)]
            for kind, rows in _rows(chosen)
        ]
    return aligned(lines) + "\n"


def _result(attack: Attack, documents: Mapping[str, Document]) -> Result:
    document = documents.get(attack.document)
    if document is None:
        raise DatasetError(f"{attack.id}: no document {attack.document!r}; correct the attack")
    anchors = [attack.statement, *([attack.other] if attack.other else [])]
    evidence = [_evidence(n, attack, document, anchor) for n, anchor in enumerate(anchors, 1)]
    verdict = check(Draft(attack.draft, tuple(item.number for item in evidence)), evidence)
    return Result(attack, split_of(document.family), document.language, verdict.reason)


def _evidence(number: int, attack: Attack, document: Document, anchor: str) -> Evidence:
    statement = document.statement(anchor)
    if statement is None:
        raise DatasetError(
            f"{attack.id}: {document.id} has no statement {anchor!r}; correct the attack"
        )
    return Evidence(
        number=number,
        document=document,
        start=statement.start,
        end=statement.end,
        section="",
        score=1.0,
        statement=statement,
    )


def _rows(results: Sequence[Result]) -> Iterator[tuple[str, list[Result]]]:
    """Results by kind in the order of the file, then all but those across languages."""
    for kind in dict.fromkeys(result.attack.kind for result in results):
        yield kind, [result for result in results if result.attack.kind == kind]
    if results:
        yield f"{ALL} but {CROSS}", [r for r in results if r.attack.kind != CROSS]


def _cells(results: Sequence[Result], languages: Sequence[str]) -> list[str]:
    by_language = [share(r for r in results if r.language == language) for language in languages]
    total = share(results)
    return [
        *(f"{one.stopped}/{one.n}" for one in [*by_language, total]),
        f"{total.value:.1%}",
        f"{total.interval.low:.1%}-{total.interval.high:.1%}",
    ]

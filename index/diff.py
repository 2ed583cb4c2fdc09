"""Diff: what changed in meaning between two generations, and what only in words.

A change of figures, dates, status, sources or negation is one of meaning; statements are matched
by their address. Documents without statements are compared section by section.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from index.generation import open_store
from ingest.document import Document, Source
from ingest.figures import find_figures

FigureKey = tuple[str, str, str]
"""Kind, value and unit of a figure, the same in every language; dates are of the kind `date`."""

IsNegated = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class AttributeChange:
    """Something beside the words that differs; an empty text means that there is none."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class StatementChange:
    """One statement, or section of a plain document, that is not what it was.

    `before` and `after` are its words, None on the side where it does not exist. `figures_gone`
    and `figures_new` count repetitions; `figures_moved` tells that the same figures stand in
    another order, which may swap their roles. `change` is `wording` when nothing but words differ.
    """

    family: str
    language: str
    anchor: str
    change: Literal["added", "removed", "changed", "wording"]
    before: str | None
    after: str | None
    figures_gone: tuple[FigureKey, ...] = ()
    figures_new: tuple[FigureKey, ...] = ()
    figures_moved: bool = False
    attributes: tuple[AttributeChange, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentChange:
    """A document of both generations whose validity, contact or conflicts differ."""

    id: str
    attributes: tuple[AttributeChange, ...]


@dataclass(frozen=True, slots=True)
class GenerationDiff:
    """From the generation `before` to `after`; documents are named by id, all in their order.

    `statements` are those of documents that both generations hold, in `wording` those of them
    that were only reworded.
    """

    before: str
    after: str
    documents_added: tuple[str, ...]
    documents_removed: tuple[str, ...]
    documents_changed: tuple[DocumentChange, ...]
    statements: tuple[StatementChange, ...]
    wording: tuple[StatementChange, ...]


def diff_generations(root: Path, before: str, after: str, is_negated: IsNegated) -> GenerationDiff:
    """Compare two generations under `root`; no embedding model is needed.

    `is_negated` tells whether a text denies something, in any language. Raises IndexMissingError
    or IndexDamagedError when one of them is not there or not whole.
    """
    with closing(open_store(root, before)) as old, closing(open_store(root, after)) as new:
        left = {document.id: document for document in old.documents()}
        right = {document.id: document for document in new.documents()}
    both = [(left[name], right[name]) for name in left if name in right]
    changes = [change for pair in both for change in _statement_changes(*pair, is_negated)]
    return GenerationDiff(
        before=before,
        after=after,
        documents_added=tuple(name for name in right if name not in left),
        documents_removed=tuple(name for name in left if name not in right),
        documents_changed=tuple(
            DocumentChange(old.id, attributes)
            for old, new in both
            if (attributes := _differences(_document_attributes(old), _document_attributes(new)))
        ),
        statements=tuple(change for change in changes if change.change != "wording"),
        wording=tuple(change for change in changes if change.change == "wording"),
    )


@dataclass(frozen=True, slots=True)
class _Unit:
    """What has an address: a statement, a section of a plain document, or all of its text."""

    anchor: str
    text: str
    attributes: Mapping[str, str]


def _units(document: Document) -> dict[str, _Unit]:
    units = list(_statements(document) if document.statements else _sections(document))
    return {unit.anchor: unit for unit in units}


def _statements(document: Document) -> Iterator[_Unit]:
    for one in document.own_statements:
        attributes = {
            "status": one.status,
            "until": one.valid_to or "",
            "sources": ", ".join(_dated(source) for source in one.sources),
        }
        yield _Unit(one.anchor, document.text[one.start : one.end], attributes)


def _sections(document: Document) -> Iterator[_Unit]:
    if not document.sections:
        yield _Unit("", document.text, {})
    for section in document.sections:
        yield _Unit(section.anchor, document.text[section.start : section.end], {})


def _dated(source: Source) -> str:
    return f"{source.key} ({source.date or 'undated'})"


def _document_attributes(document: Document) -> dict[str, str]:
    conflicts = (
        f"{conflict.id}: " + " / ".join(side.value for side in conflict.positions)
        for conflict in document.conflicts
    )
    return {
        "valid_from": document.valid_from or "",
        "valid_to": document.valid_to or "",
        "supersedes": document.supersedes or "",
        "contact": document.contact or "",
        "source": _dated(document.source) if document.source else "",
        "conflicts": "; ".join(conflicts),
    }


def _differences(
    before: Mapping[str, str], after: Mapping[str, str]
) -> tuple[AttributeChange, ...]:
    names = dict.fromkeys([*before, *after])
    pairs = ((name, before.get(name, ""), after.get(name, "")) for name in names)
    return tuple(AttributeChange(*pair) for pair in pairs if pair[1] != pair[2])


def _statement_changes(
    old: Document, new: Document, is_negated: IsNegated
) -> Iterator[StatementChange]:
    left, right = _units(old), _units(new)
    for anchor in dict.fromkeys([*left, *right]):
        before, after = left.get(anchor), right.get(anchor)
        if before and after:
            yield from _compare(new, before, after, is_negated)
        elif before:
            gone = _figures(before.text)
            yield StatementChange(
                old.family, old.language, anchor, "removed", before.text, None, figures_gone=gone
            )
        elif after:
            found = _figures(after.text)
            yield StatementChange(
                new.family, new.language, anchor, "added", None, after.text, figures_new=found
            )


def _compare(
    document: Document, before: _Unit, after: _Unit, is_negated: IsNegated
) -> Iterator[StatementChange]:
    if before == after:
        return
    left, right = _figures(before.text), _figures(after.text)
    gone, new = _without(left, right), _without(right, left)
    attributes = _differences(
        {**before.attributes, "negated": _yes(is_negated(before.text))},
        {**after.attributes, "negated": _yes(is_negated(after.text))},
    )
    yield StatementChange(
        family=document.family,
        language=document.language,
        anchor=after.anchor,
        change="changed" if left != right or attributes else "wording",
        before=before.text,
        after=after.text,
        figures_gone=gone,
        figures_new=new,
        figures_moved=left != right and not gone and not new,
        attributes=attributes,
    )


def _figures(text: str) -> tuple[FigureKey, ...]:
    return tuple(figure.key for figure in find_figures(text))


def _without(figures: Iterable[FigureKey], others: Iterable[FigureKey]) -> tuple[FigureKey, ...]:
    return tuple((Counter(figures) - Counter(others)).elements())


def _yes(answer: object) -> str:
    return "yes" if answer else "no"

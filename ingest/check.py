"""Check: everything that can be wrong in a corpus, found in one run.

A sheet is trusted in three languages at once, so most rules compare its variants: what is said in
French must be the same, figure by figure, in Arabic and in English.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from ingest.corpus import DIRECTORY_FILE, SOURCES_FILE, Corpus, CorpusReading, read_corpus
from ingest.coverage import check_coverage
from ingest.document import OVERVIEW, Document, Statement
from ingest.figures import find_figures, supports
from ingest.glossary import GLOSSARY_FILE, form_key
from ingest.isotime import first_day
from ingest.problem import Problem
from ingest.regions import REGION_COUNT, REGIONS_FILE
from ingest.sheet import LANGUAGES, Sheet

OLDEST_YEAR = 1900
"""Older dates are typing errors: the oldest text in force that a sheet may cite is younger."""


def check_corpus(folder: Path, today: date | None = None) -> list[Problem]:
    """All problems of the corpus in `folder`, sorted by file and line; an empty list means sound.

    `today` bounds what is the future; the current day (UTC) if not given. Raises
    `PathMissingError` when there is no such folder.
    """
    reading = read_corpus(folder)
    day = today or datetime.now(tz=UTC).date()
    problems = set(reading.problems)
    problems.update(_duplicate_sheets(reading.sheets))
    problems.update(_families(reading.sheets))
    problems.update(_guides(reading.sheets))
    problems.update(_references(reading))
    problems.update(_phones(reading))
    problems.update(_positions(reading))
    problems.update(_directory(reading))
    problems.update(_glossary(reading))
    problems.update(_regions(reading))
    problems.update(_dates(reading, day))
    problems.update(_unused_sources(reading))
    problems.update(check_coverage(folder, reading.corpus.documents))
    return sorted(problems)


@dataclass(frozen=True, slots=True)
class _Variant:
    """A sheet whose document could be read."""

    sheet: Sheet
    document: Document

    def problem(self, place: str, rule: str, message: str) -> Problem:
        """A problem at an anchor or a front matter key of this sheet."""
        line = self.sheet.lines.get(place) or self.sheet.keys.get(place) or 1
        return Problem(self.sheet.file, line, rule, message)


def _variants(sheets: Iterable[Sheet]) -> list[_Variant]:
    return [_Variant(sheet, sheet.document) for sheet in sheets if sheet.document]


def _duplicate_sheets(sheets: Iterable[Sheet]) -> Iterator[Problem]:
    first: dict[str, _Variant] = {}
    for variant in _variants(sheets):
        other = first.setdefault(variant.document.id, variant)
        if other is not variant:
            message = f"{variant.document.id} is already the id of {other.sheet.file}"
            yield variant.problem("id", "duplicate", message)


# The languages of one sheet


def _families(sheets: Iterable[Sheet]) -> Iterator[Problem]:
    families: dict[str, dict[str, _Variant]] = defaultdict(dict)
    for variant in _variants(sheets):
        families[variant.document.family].setdefault(variant.document.language, variant)
    for family, by_language in families.items():
        ordered = [by_language[language] for language in LANGUAGES if language in by_language]
        reference, others = ordered[0], ordered[1:]
        for language in LANGUAGES:
            if language not in by_language:
                message = f"{family} has no variant {family}.{language}.md; write it"
                yield reference.problem("id", "language", message)
        for other in others:
            for compare in _COMPARISONS:
                yield from compare(reference, other)


def _guides(sheets: Iterable[Sheet]) -> Iterator[Problem]:
    """A guide has one statement of its own, which no other sheet has."""
    for variant in _variants(sheets):
        document = variant.document
        own = [statement.anchor for statement in document.own_statements]
        if document.is_guide and own != [OVERVIEW]:
            message = f"a guide has one statement of its own, {OVERVIEW!r}, and here are {own}"
            yield variant.problem("id", "guide", message)
        if not document.is_guide and OVERVIEW in own:
            message = (
                f"{OVERVIEW!r} is the anchor of a guide's own statement; name this one otherwise"
            )
            yield variant.problem(OVERVIEW, "guide", message)


def _compare_metadata(reference: _Variant, other: _Variant) -> Iterator[Problem]:
    for key in _SHARED:
        left, right = getattr(reference.document, key), getattr(other.document, key)
        if left != right:
            message = f"{key} is {right!r} here and {left!r} in {reference.sheet.file}"
            yield other.problem(key, "metadata", message)


_SHARED = (
    *("kind", "topics", "sectors", "regions", "as_of", "valid_from", "valid_to"),
    *("review_after", "supersedes", "contact"),
)


def _compare_anchors(reference: _Variant, other: _Variant) -> Iterator[Problem]:
    left, right = _anchors(reference.document), _anchors(other.document)
    if left == right:
        return
    for anchor in left:
        if anchor not in right:
            message = f"the anchor {anchor!r} of {reference.sheet.file} is missing here"
            yield other.problem("id", "anchors", message)
    for anchor in right:
        if anchor not in left:
            message = f"the anchor {anchor!r} is missing in {reference.sheet.file}"
            yield other.problem(anchor, "anchors", message)
    if sorted(left) == sorted(right):
        moved = next(b for a, b in zip(left, right, strict=True) if a != b)
        message = f"the anchors stand in another order than in {reference.sheet.file}"
        yield other.problem(moved, "anchors", message)


def _anchors(document: Document) -> list[str]:
    """Section and statement anchors in the order of the text."""
    places = [(section.start, 0, section.anchor) for section in document.sections]
    places += [(statement.start, 1, statement.anchor) for statement in document.statements]
    return [anchor for _, _, anchor in sorted(places)]


def _compare_statements(reference: _Variant, other: _Variant) -> Iterator[Problem]:
    originals = {statement.anchor: statement for statement in reference.document.statements}
    for statement in other.document.statements:
        original = originals.get(statement.anchor)
        if original is None:
            continue
        for what, left, right in _attributes(original, statement):
            if left != right:
                message = f"{what} is {right!r} here and {left!r} in {reference.sheet.file}"
                yield other.problem(statement.anchor, "attributes", message)
        yield from _compare_figures(
            reference,
            other,
            statement.anchor,
            reference.document.text[original.start : original.end],
            other.document.text[statement.start : statement.end],
        )


def _attributes(left: Statement, right: Statement) -> Iterator[tuple[str, object, object]]:
    yield "src", [source.key for source in left.sources], [source.key for source in right.sources]
    yield "status", left.status, right.status
    yield "until", left.valid_to, right.valid_to
    yield "from", left.taken_from, right.taken_from


def _compare_titles(reference: _Variant, other: _Variant) -> Iterator[Problem]:
    yield from _compare_figures(
        reference, other, "title", reference.document.title, other.document.title
    )
    headings = {section.anchor: section.path[-1] for section in reference.document.sections}
    for section in other.document.sections:
        if section.anchor in headings:
            yield from _compare_figures(
                reference, other, section.anchor, headings[section.anchor], section.path[-1]
            )


def _compare_figures(
    reference: _Variant, other: _Variant, place: str, left: str, right: str
) -> Iterator[Problem]:
    ours, theirs = _figures(left), _figures(right)
    if ours.keys() == theirs.keys():
        return
    missing = [ours[key] for key in sorted(ours.keys() - theirs.keys())]
    extra = [theirs[key] for key in sorted(theirs.keys() - ours.keys())]
    message = (
        f"figures differ from {reference.sheet.file} line {reference.sheet.lines.get(place, 1)}: "
        f"{_quoted(missing)} there, {_quoted(extra)} here"
    )
    yield other.problem(place, "figures", message)


def _figures(text: str) -> dict[tuple[str, str, str], str]:
    """The figures of a text by their key, each with how it is written."""
    return {figure.key: text[figure.start : figure.end] for figure in find_figures(text)}


def _quoted(figures: Sequence[str]) -> str:
    return ", ".join(f"«{figure}»" for figure in figures) or "nothing"


def _compare_conflicts(reference: _Variant, other: _Variant) -> Iterator[Problem]:
    left = {conflict.id: conflict for conflict in reference.document.conflicts}
    right = {conflict.id: conflict for conflict in other.document.conflicts}
    for conflict_id in sorted(left.keys() ^ right.keys()):
        message = f"the conflict {conflict_id!r} is in only one of {reference.sheet.file} and here"
        yield other.problem("conflicts", "conflict", message)
    for conflict_id in sorted(left.keys() & right.keys()):
        ours, theirs = left[conflict_id].positions, right[conflict_id].positions
        if [side.statements for side in ours] != [side.statements for side in theirs]:
            message = f"the positions of {conflict_id!r} differ from {reference.sheet.file}"
            yield other.problem("conflicts", "conflict", message)
            continue
        for one, two in zip(ours, theirs, strict=True):
            yield from _compare_figures(reference, other, "conflicts", one.value, two.value)


_COMPARISONS: tuple[Callable[[_Variant, _Variant], Iterator[Problem]], ...] = (
    _compare_metadata,
    _compare_anchors,
    _compare_statements,
    _compare_titles,
    _compare_conflicts,
)


# Sheets against the directory and the sources


def _references(reading: CorpusReading) -> Iterator[Problem]:
    families = {document.family for document in reading.corpus.documents}
    for variant in _variants(reading.sheets):
        contact, supersedes = variant.document.contact, variant.document.supersedes
        if contact and reading.corpus.body(contact) is None:
            message = f"the contact {contact!r} is no body of {DIRECTORY_FILE}"
            yield variant.problem("contact", "contact", message)
        if supersedes and (supersedes not in families or supersedes == variant.document.family):
            message = f"supersedes {supersedes!r}, which is no other sheet"
            yield variant.problem("supersedes", "supersedes", message)
        for region in variant.document.regions:
            if reading.corpus.regions and region not in _region_ids(reading):
                message = f"{region!r} is no region of {REGIONS_FILE}"
                yield variant.problem("regions", "region", message)


def _phones(reading: CorpusReading) -> Iterator[Problem]:
    """Telephone and fax numbers in sheets must belong to a body of the directory."""
    owned = _owned_numbers(reading.corpus)
    orphans = _orphan_numbers(reading.corpus)
    for variant in _variants(reading.sheets):
        for place, text in _texts(variant.document):
            for number in _numbers(text):
                if number in orphans:
                    message = f"{number} is unattributed in {DIRECTORY_FILE}; take it out"
                    yield variant.problem(place, "orphan-number", message)
                elif number not in owned:
                    message = f"{number} is not tied to a body in {DIRECTORY_FILE}"
                    yield variant.problem(place, "orphan-number", message)


def _positions(reading: CorpusReading) -> Iterator[Problem]:
    """A figure in a position of a conflict must stand in a statement that holds it."""
    for variant in _variants(reading.sheets):
        text, statements = variant.document.text, variant.document.statements
        words = {s.anchor: text[s.start : s.end] for s in statements}
        for conflict in variant.document.conflicts:
            for position in conflict.positions:
                held = " ".join(words.get(anchor, "") for anchor in position.statements)
                known = find_figures(held)
                for figure in find_figures(position.value):
                    if not any(supports(one, figure) for one in known):
                        message = (
                            f"{figure.value} in the position {position.value!r} of "
                            f"{conflict.id!r} is in none of its statements"
                        )
                        yield variant.problem("conflicts", "position-figure", message)


def _texts(document: Document) -> Iterator[tuple[str, str]]:
    for statement in document.statements:
        yield statement.anchor, document.text[statement.start : statement.end]
    for section in document.sections:
        yield section.anchor, section.path[-1]
    yield "title", document.title
    for question in document.questions:
        yield "questions", question
    for conflict in document.conflicts:
        yield "conflicts", " ; ".join(side.value for side in conflict.positions)


def _numbers(text: str) -> Iterator[str]:
    return (figure.value for figure in find_figures(text) if figure.kind == "phone")


def _owned_numbers(corpus: Corpus) -> set[str]:
    contacts = [contact for body in corpus.bodies for contact in body.contacts]
    return {number for contact in contacts for number in _numbers(contact.value)}


def _orphan_numbers(corpus: Corpus) -> set[str]:
    return {number for entry in corpus.unattributed for number in _numbers(entry.value)}


def _directory(reading: CorpusReading) -> Iterator[Problem]:
    orphans = _orphan_numbers(reading.corpus)
    bodies = list(zip(reading.body_lines, reading.corpus.bodies, strict=True))
    yield from _entries(
        reading, DIRECTORY_FILE, [(line, body.id, body.topics) for line, body in bodies]
    )
    for line, body in bodies:
        for contact in body.contacts:
            numbers = set(_numbers(contact.value))
            if contact.kind in {"phone", "fax"} and not numbers:
                message = f"{contact.value!r} of {body.id!r} is no telephone number"
                yield Problem(DIRECTORY_FILE, line, "phone", message)
            for number in sorted(numbers & orphans):
                message = f"{number} is given to {body.id!r} and listed as unattributed"
                yield Problem(DIRECTORY_FILE, line, "orphan-number", message)


def _entries(
    reading: CorpusReading, file: str, entries: Iterable[tuple[int, str, Sequence[str]]]
) -> Iterator[Problem]:
    """Ids that stand twice and topics that no sheet has, in a list of (line, id, topics)."""
    known = {topic for document in reading.corpus.documents for topic in document.topics}
    seen: set[str] = set()
    for line, entry_id, topics in entries:
        if entry_id in seen:
            yield Problem(file, line, "duplicate", f"the id {entry_id!r} stands twice")
        seen.add(entry_id)
        for topic in topics:
            if topic not in known:
                message = f"{topic!r}, a topic of {entry_id!r}, is the topic of no sheet"
                yield Problem(file, line, "topic", message)


def _glossary(reading: CorpusReading) -> Iterator[Problem]:
    terms = list(zip(reading.term_lines, reading.corpus.glossary, strict=True))
    yield from _entries(
        reading, GLOSSARY_FILE, [(line, term.id, term.topics) for line, term in terms]
    )
    owner: dict[str, str] = {}
    for line, term in terms:
        folded = [(form_key(form), form) for form in term.forms]
        for key, form in folded + [(form, form) for form in term.as_written]:
            first = owner.setdefault(key, term.id)
            if first != term.id:
                message = f"«{form}» of {term.id!r} is already a form of {first!r}; keep one"
                yield Problem(GLOSSARY_FILE, line, "collision", message)


def _regions(reading: CorpusReading) -> Iterator[Problem]:
    regions = list(zip(reading.region_lines, reading.corpus.regions, strict=True))
    if regions and len(regions) != REGION_COUNT:
        message = f"there are {REGION_COUNT} regions; this file has {len(regions)}"
        yield Problem(REGIONS_FILE, 1, "region-count", message)
    yield from _entries(reading, REGIONS_FILE, [(line, region.id, ()) for line, region in regions])
    owner: dict[str, str] = {}
    for line, region in regions:
        if reading.corpus.body(region.office) is None:
            message = f"the office {region.office!r} of {region.id!r} is no body of the directory"
            yield Problem(REGIONS_FILE, line, "office", message)
        for place in region.places:
            for form in sorted(set(place.everyday) - set(place.forms)):
                message = f"the everyday word «{form}» is no form of its place in {region.id!r}"
                yield Problem(REGIONS_FILE, line, "everyday", message)
            for form in place.forms:
                first = owner.setdefault(form_key(form), region.id)
                if first != region.id:
                    message = f"«{form}» of {region.id!r} already names a place of {first!r}"
                    yield Problem(REGIONS_FILE, line, "collision", message)


def _region_ids(reading: CorpusReading) -> set[str]:
    return {region.id for region in reading.corpus.regions}


def _unused_sources(reading: CorpusReading) -> Iterator[Problem]:
    corpus = reading.corpus
    used = {
        source.key
        for document in corpus.documents
        for statement in document.statements
        for source in statement.sources
    }
    used |= {contact.source.key for body in corpus.bodies for contact in body.contacts}
    used |= {entry.source.key for entry in corpus.unattributed}
    for key in sorted(corpus.sources.keys() - used):
        message = f"the source {key!r} is cited nowhere; cite it or remove it"
        yield Problem(SOURCES_FILE, reading.source_lines[key], "unused-source", message)


# Dates


def _dates(reading: CorpusReading, today: date) -> Iterator[Problem]:
    for key, source in reading.corpus.sources.items():
        reason = _implausible(source.date, today) if source.date else None
        if reason:
            line = reading.source_lines[key]
            yield Problem(
                SOURCES_FILE, line, "date", f"the date of {key!r}, {source.date}, {reason}"
            )
    for variant in _variants(reading.sheets):
        yield from _sheet_dates(variant, today)


def _sheet_dates(variant: _Variant, today: date) -> Iterator[Problem]:
    document = variant.document
    reason = _implausible(document.as_of, today) if document.as_of else None
    if reason:
        yield variant.problem("as_of", "date", f"as_of {document.as_of} {reason}")
    if document.valid_from and document.valid_to and document.valid_from > document.valid_to:
        message = f"valid_to {document.valid_to} lies before valid_from {document.valid_from}"
        yield variant.problem("valid_to", "date", message)
    if document.review_after and document.as_of and document.review_after < document.as_of:
        message = f"review_after {document.review_after} lies before as_of {document.as_of}"
        yield variant.problem("review_after", "date", message)
    ends: Mapping[str, str | None] = {
        "valid_from": document.valid_from,
        "valid_to": document.valid_to,
        "review_after": document.review_after,
        **{statement.anchor: statement.valid_to for statement in document.statements},
    }
    for place, end in ends.items():
        if end and not OLDEST_YEAR <= int(end[:4]) <= today.year + _FORESEEABLE_YEARS:
            yield variant.problem(place, "date", f"the date {end} is not plausible")


_FORESEEABLE_YEARS = 30


def _implausible(text: str, today: date) -> str | None:
    """Why a full or partial ISO date in the past cannot be right, or None when it can."""
    day = first_day(text)
    if day is None:
        return "does not exist"
    if day > today:
        return "lies in the future"
    return "is too old" if day.year < OLDEST_YEAR else None

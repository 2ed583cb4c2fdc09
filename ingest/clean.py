"""Clean: what a page carries besides its text is taken out, and every line taken is recorded.

A web page is known by its words: share buttons, comment forms, menus, tickers and footers, in
French, Arabic and English and of no particular site. They come as blocks of their own, so a line
inside a paragraph always stays: a law breaks its lines wherever the page is full. A printed page is
known by its edges, which repeat, and by nothing else: its bare figures are a table.

A contact line stays only right below the paragraph that says whose it is: the others are reported
as unattributed, for a number given to the wrong body is worse than none.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from ingest.contact import contact_kinds, is_contact_line
from ingest.fold import fold, fold_digits
from ingest.furniture import Furniture, heads_related, known_furniture
from ingest.outline import is_heading, is_paragraph
from ingest.runninghead import running_lines
from ingest.segment import is_carried_on, is_marked, is_row

Reason = Furniture | Literal["ticker", "repeated", "unattributed-contact"]


@dataclass(frozen=True, slots=True)
class RemovedLine:
    """A line that was taken out; `line` counts from 1 in the text that came in."""

    line: int
    text: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What is left, blank lines folded to one, and what was taken out in the order of lines.

    `lines` gives, for each line of `text`, the number (from 1) of the line it was in the text that
    came in.
    """

    text: str
    lines: tuple[int, ...]
    removed: tuple[RemovedLine, ...]

    @property
    def unattributed(self) -> tuple[RemovedLine, ...]:
        """The contact lines of which nothing says whose they are."""
        return tuple(line for line in self.removed if line.reason == "unattributed-contact")


def clean(text: str, pages: Sequence[int] = (), *, is_record: bool = False) -> Cleaned:
    """Clean a text whose lines are already stripped. Cleaning twice changes nothing more.

    `pages` holds the number of the line, from 0, on which each printed page begins: a paragraph
    that runs over to the next page is joined again. Without pages the text is taken for a web page,
    unless `is_record`: a file of records holds texts and no furniture but the numbers of the pages
    that they were printed on, which tell where a page ended.
    """
    kept = _lines(text)
    removed: list[RemovedLine] = []
    rules = _print_rules(text, pages) if pages else _RECORD_RULES if is_record else _WEB_RULES
    while True:
        before = len(removed)
        for rule in rules:
            reasons = dict(rule([line for line in kept if line.text]))
            taken = [line for line in kept if line.number in reasons]
            removed += [RemovedLine(line.number, line.text, reasons[line.number]) for line in taken]
            kept = [line for line in kept if line.number not in reasons]
        if len(removed) == before:
            break
    left = list(_folded(kept, pages or _page_ends(removed)))
    return Cleaned(
        text="\n".join(line.text for line in left),
        lines=tuple(line.number for line in left),
        removed=tuple(sorted(removed, key=lambda line: line.line)),
    )


@dataclass(frozen=True, slots=True)
class _Line:
    """A line by its number, as it is and as the rules compare it.

    `block` numbers the runs of lines that no blank line parts; a heading and a row are their own.
    """

    number: int
    block: int
    text: str
    folded: str


_Taken = Iterator[tuple[int, Reason]]
_Rule = Callable[[list[_Line]], _Taken]


def _lines(text: str) -> list[_Line]:
    lines: list[_Line] = []
    block, is_alone = 0, True
    for number, line in enumerate(text.split("\n"), 1):
        was_alone, is_alone = is_alone, not line or is_row(line) or is_heading(line)
        block += was_alone or is_alone
        lines.append(_Line(number, block, line, fold(line).strip(" :.|-*•·◦▪\"'>+")))
    return lines


def _folded(lines: Iterable[_Line], pages: Sequence[int]) -> Iterator[_Line]:
    """The lines with one blank line where several stood, and none at either end."""
    last: _Line | None = None
    blank: _Line | None = None
    for line in lines:
        if not line.text:
            blank = blank or line
            continue
        if blank and last and not _runs_over(last, line, pages):
            yield blank
        yield line
        last, blank = line, None


def _runs_over(last: _Line, line: _Line, pages: Sequence[int]) -> bool:
    """Whether a paragraph that stops at the foot of a page goes on at the head of the next."""
    if bisect_left(pages, last.number) == bisect_left(pages, line.number):
        return False
    is_inside = not is_heading(last.text) and not is_heading(line.text)
    goes_on = line.text[0].islower() or "ء" <= line.text[0] <= "ي"
    return is_inside and goes_on and is_carried_on(last.text, line.text)


def _print_rules(text: str, pages: Sequence[int]) -> tuple[_Rule, ...]:
    running = running_lines(text.split("\n"), pages)

    def page_edges(lines: list[_Line]) -> _Taken:
        for line in lines:
            if line.number - 1 in running:
                yield line.number, "page-furniture"

    return (page_edges, _contacts)


def _page_numbers(lines: list[_Line]) -> _Taken:
    """The number of a page on a line of its own: «- 13 -», or "Page 3/12" as a block of its own."""
    sizes = Counter(line.block for line in lines)
    for line in lines:
        is_named = sizes[line.block] == 1 and known_furniture(line.folded) == "page-furniture"
        if is_named or _PAGE_NUMBER.fullmatch(fold_digits(line.text)):
            yield line.number, "page-furniture"


def _page_ends(removed: Iterable[RemovedLine]) -> tuple[int, ...]:
    """Where pages begin, as `clean` counts, by the numbers that stood at their feet."""
    return tuple(sorted(one.line for one in removed if one.reason == "page-furniture"))


_PAGE_NUMBER = re.compile(r"[-–—] ?\d{1,4} ?[-–—]")


# Blocks known by their words


def _furniture(lines: list[_Line]) -> _Taken:
    """The blocks in which every line is furniture, by its words or by where it stands."""
    found: dict[int, Reason] = {}
    for rule in (_known, _leading_label, _tickers, _repeated):
        for number, reason in rule(lines):
            found.setdefault(number, reason)
    staying = {line.block for line in lines if line.number not in found}
    for line in lines:
        if line.block not in staying:
            yield line.number, found[line.number]


def _known(lines: list[_Line]) -> _Taken:
    for line in lines:
        reason = None if is_row(line.text) else known_furniture(line.folded)
        if reason:
            yield line.number, reason


def _leading_label(lines: list[_Line]) -> _Taken:
    """A few words and a colon above the title announce a list that did not come along."""
    if len(lines) < 2 or is_marked(lines[1].text) or is_paragraph(lines[1].text):
        return
    first = lines[0]
    if len(first.text.split()) <= 5 and first.text.endswith((":", "：")):
        yield first.number, "navigation"


def _related(lines: list[_Line]) -> _Taken:
    """The links below "you may also like", up to the next paragraph."""
    is_open = False
    for line in lines:
        if heads_related(line.folded.lstrip("# ")):
            is_open = True
        elif is_open and (is_paragraph(line.text) or line.text.startswith("#")):
            is_open = False
        if is_open:
            yield line.number, "related"


def _tickers(lines: list[_Line]) -> _Taken:
    """Figures alone on their lines, and the short line above a run of them.

    Many figures are no ticker but a table whose columns came apart, and stay.
    """
    runs = list(_runs(lines))
    if sum(len(figures) for _, figures in runs) > _LONGEST_TICKER:
        return
    for label, figures in runs:
        if len(figures) >= 2 and label and not is_paragraph(label.text) and label is not lines[0]:
            yield label.number, "ticker"
        for figure in figures:
            yield figure.number, "ticker"


def _runs(lines: list[_Line]) -> Iterator[tuple[_Line | None, list[_Line]]]:
    """Runs of bare figures, each with the line above it."""
    label: _Line | None = None
    figures: list[_Line] = []
    for line in lines:
        if _BARE_FIGURE.fullmatch(fold(line.text)):
            figures.append(line)
            continue
        yield label, figures
        label, figures = line, []
    yield label, figures


_LONGEST_TICKER = 12
_BARE_FIGURE = re.compile(r"[-+▲▼(]*\s?\d[\d\s.,']{0,20}\s?%?[)▲▼]*")


def _repeated(lines: list[_Line]) -> _Taken:
    """A block that stood before word for word: a title, a teaser.

    Short ones, items and figures may well repeat: two procedures may take the same fifteen days.
    """
    texts: dict[int, str] = {}
    for line in lines:
        texts[line.block] = f"{texts.get(line.block, '')} {line.folded}".strip()
    counts: Counter[str] = Counter()
    again = set()
    for block, text in texts.items():
        counts[text] += 1
        if counts[text] > 1 and len(text) >= _SHORTEST_REPEATED and not _DIGIT.search(text):
            again.add(block)
    for line in lines:
        if line.block in again and not is_marked(line.text) and not is_contact_line(line.text):
            yield line.number, "repeated"


_SHORTEST_REPEATED = 20
_DIGIT = re.compile(r"\d")


def _contacts(lines: list[_Line]) -> _Taken:
    """Contact lines that no paragraph right above them explains.

    The first block below a paragraph is its own: one line of each kind. A kind that comes again
    starts another block, whose owner was lost; so was that of a block below a mere heading.
    """
    owned: set[str] = set()
    has_owner = False
    for line in lines:
        kinds = contact_kinds(line.text)
        if not kinds:
            has_owner, owned = is_paragraph(line.text), set()
            continue
        has_owner = has_owner and not kinds & owned
        owned |= kinds
        if not has_owner:
            yield line.number, "unattributed-contact"


def _bare_headings(lines: list[_Line]) -> _Taken:
    """The heading of a widget whose words were taken: it says nothing of what stands below it."""
    for line, below in pairwise([*lines[1:], None]):
        if line and line.text.startswith("#") and (below is None or _level(below) <= _level(line)):
            reason = known_furniture(line.folded.lstrip("# "))
            if reason:
                yield line.number, reason


def _level(line: _Line) -> int:
    """How deep a heading stands, beyond all headings for what is none."""
    return len(line.text) - len(line.text.lstrip("#")) or _DEEPEST


_DEEPEST = 7
_RECORD_RULES: tuple[_Rule, ...] = (_page_numbers,)
_WEB_RULES: tuple[_Rule, ...] = (
    _page_numbers, _contacts, _furniture, _related, _bare_headings,
)  # fmt: skip

"""Paging: on which page of the printed original each part of the canonical text stands."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate

from ingest.clean import Cleaned
from ingest.document import Page


def printed_pages(starts: Sequence[int], cleaned: Cleaned) -> tuple[Page, ...]:
    """The pages that have any text left, in order.

    `starts` holds the line (from 0) of the extracted text on which each page begins; `cleaned`
    tells which of those lines were kept, and so where the page begins in what is left.
    """
    kept = cleaned.lines
    lengths = (len(line) + 1 for line in cleaned.text.split("\n"))
    offsets = list(accumulate(lengths, initial=0))
    ends = (*starts[1:], kept[-1] if kept else 0)
    pages: list[Page] = []
    for number, (start, end) in enumerate(zip(starts, ends, strict=False), 1):
        first = bisect_left(kept, start + 1)
        if first < bisect_left(kept, end + 1):
            pages.append(Page(number, offsets[first]))
    return tuple(pages)

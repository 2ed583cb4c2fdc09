"""Repair: what the repair of Arabic does to a collection, counted and drawn for reading.

Two questions keep the repair honest. Over texts with the fault: how many words were put right, and
are the ones that a person reads by hand right indeed? Over healthy texts that are broken on
purpose: how many words come back as they were, and is any other word touched?
"""

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ingest.arabic.garbled import find_garbled
from ingest.arabic.lamalef import broken, may_be_turned
from ingest.arabic.repair import Kind, Repaired, arabic_words, repair
from ingest.errors import ExtractError
from ingest.extract import extract
from ingest.extracted import Extracted
from ingest.language import written_language
from ingest.load import Folder, LoadSettings, RawFile, load

Drawn = Literal["repaired", "kept", "doubt"]


@dataclass(frozen=True, slots=True)
class Draw:
    """A word as it came and as it left, on its line, for a reader to judge."""

    document: str
    line: int
    before: str
    after: str
    text: str


@dataclass(slots=True)
class Survey:
    """Counts over a collection; `arabic` are the documents that say so, or seem so."""

    documents: int = 0
    arabic: int = 0
    repaired: int = 0
    doubtful: int = 0
    quarantined: int = 0
    doubts: int = 0
    repairs: Counter[Kind] = field(default_factory=Counter)
    repaired_by_kind: Counter[Kind] = field(default_factory=Counter)

    def rows(self) -> tuple[tuple[str, str], ...]:
        """The counts as people read them."""
        kinds = (
            (f"  {kind}", f"{count} in {self.repaired_by_kind[kind]} documents")
            for kind, count in self.repairs.most_common()
        )
        return (
            ("documents", f"{self.documents}, of which {self.arabic} in Arabic"),
            ("repaired", f"{self.repaired} documents"),
            *kinds,
            ("kept in doubt", f"{self.doubts} words in {self.doubtful} documents"),
            ("held back", f"{self.quarantined} documents"),
        )


@dataclass(slots=True)
class RoundTrip:
    """Healthy words after they were broken and repaired; `untouched` never had the fault."""

    broken: int = 0
    restored: int = 0
    kept: int = 0
    wrong: int = 0
    untouched: int = 0
    harmed: int = 0

    def rows(self) -> tuple[tuple[str, str], ...]:
        """The counts as people read them."""
        share = self.restored / self.broken if self.broken else 0.0
        return (
            ("words broken", str(self.broken)),
            ("  restored", f"{self.restored} ({share:.2%})"),
            ("  kept as broken", str(self.kept)),
            ("  wrong", str(self.wrong)),
            ("other words", str(self.untouched + self.harmed)),
            ("  changed", str(self.harmed)),
        )


def survey(path: Path) -> Survey:
    """What `repair` does to each document of a folder or file; unreadable files are left out."""
    found = Survey()
    for document in _documents(path):
        found.documents += 1
        found.arabic += (document.language or written_language(document.text)) == "ar"
        if find_garbled(document.text):
            found.quarantined += 1
            continue
        _count(found, repair(document.text))
    return found


def _count(found: Survey, repaired: Repaired) -> None:
    counts = repaired.counts
    found.repaired += bool(counts)
    found.doubtful += bool(repaired.doubts)
    found.doubts += len(repaired.doubts)
    found.repairs.update(counts)
    found.repaired_by_kind.update(counts.keys())


def round_trip(path: Path) -> RoundTrip:
    """What comes back of the healthy documents of a folder, broken as a PDF would, and repaired."""
    found = RoundTrip()
    for document in _documents(path):
        if find_garbled(document.text):
            continue
        damaged = broken(document.text)
        mended = repair(damaged).text
        for word in zip(*map(arabic_words, (document.text, damaged, mended)), strict=True):
            _compare(found, *word)
    return found


def _compare(found: RoundTrip, healthy: str, damaged: str, mended: str) -> None:
    if healthy == damaged:
        found.untouched += mended == healthy
        found.harmed += mended != healthy
        return
    found.broken += 1
    found.restored += mended == healthy
    found.kept += mended == damaged
    found.wrong += mended not in (healthy, damaged)


def draw(path: Path, kind: Drawn, count: int, seed: int) -> list[Draw]:
    """A sample of the words of faulty texts: those repaired, those kept in doubt, or those kept.

    The same seed draws the same words. Of the words kept without doubt only those are drawn that
    hold the letters of the fault beyond an article.
    """
    pool = [one for document in _documents(path) for one in _drawn(document, kind)]
    return random.Random(seed).sample(pool, min(count, len(pool)))  # noqa: S311


def _drawn(document: Extracted, kind: Drawn) -> Iterator[Draw]:
    repaired = repair(document.text)
    lines = repaired.text.split("\n")
    name = document.id or ""
    for number, before, after in _words_of(repaired, lines, kind):
        yield Draw(name, number, before, after, lines[number - 1])


def _words_of(repaired: Repaired, lines: list[str], kind: Drawn) -> Iterable[tuple[int, str, str]]:
    turned = [one for one in repaired.repairs if one.kind == "lam-alef"]
    if kind == "repaired":
        return [(one.line, one.before, one.after) for one in turned]
    if kind == "doubt":
        return [(one.line, one.word, one.word) for one in repaired.doubts]
    changed = {(one.line, one.after) for one in turned}
    doubtful = {(one.line, one.word) for one in repaired.doubts}
    return [
        (number, word, word)
        for number, line in enumerate(lines if turned else (), 1)
        for word in arabic_words(line)
        if may_be_turned(word.lstrip("وفبك").removeprefix("ال"))
        and (number, word) not in changed | doubtful
    ]


def _documents(path: Path) -> Iterator[Extracted]:
    for item in load(Folder(path), LoadSettings()):
        if isinstance(item, RawFile):
            yield from _extracted(item)


def _extracted(raw: RawFile) -> Iterator[Extracted]:
    try:
        yield from extract(raw)
    except ExtractError:
        return

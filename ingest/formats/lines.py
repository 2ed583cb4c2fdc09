"""Lines: how a reader of a format writes down what it finds, block by block."""

from collections.abc import Iterable

from ingest.fold import strip_controls

MARKERS = ("-", "◦", "▪")
"""How items are marked, by depth: an item inside an item is known by its own mark."""

_LEVELS = 6


class Lines:
    """A text in the making; each line remembers the line of the file that it came from."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._origins: list[int] = []

    def __len__(self) -> int:
        return len(self._lines)

    @property
    def text(self) -> str:
        """All lines, in order."""
        return "\n".join(self._lines).rstrip("\n")

    def origin(self, line: int) -> int:
        """Where line number `line` (from 1) of the text stands in the file; 0 if unknown."""
        return self._origins[line - 1]

    def block(self, lines: Iterable[str], origin: int = 0) -> None:
        """Add lines that belong together, apart from what stands above them."""
        self.gap()
        for line in lines:
            self.add(line, origin)

    def heading(self, level: int, words: str, origin: int = 0) -> None:
        """Add a heading; levels begin at 1 and those below the last are as the last."""
        if tidy(words):
            self.block([f"{'#' * min(max(level, 1), _LEVELS)} {tidy(words)}"], origin)

    def gap(self) -> None:
        """Part what follows from what stands above."""
        if self._lines and self._lines[-1]:
            self._add("", self._origins[-1])

    def add(self, words: str, origin: int = 0) -> None:
        """Add a line to the block above."""
        if tidy(words):
            self._add(tidy(words), origin)

    def _add(self, line: str, origin: int) -> None:
        self._lines.append(line)
        self._origins.append(origin)


def tidy(words: str) -> str:
    """Words on one line, with single spaces and nothing that no reader sees."""
    return " ".join(strip_controls(words).split())


def item(words: str, depth: int = 0, number: str = "") -> str:
    """The line of an item `depth` items deep; `number` is how the file counts it, as `1.`."""
    marker = MARKERS[min(depth, len(MARKERS) - 1)]
    if number and not depth:
        return f"{number} {words}"
    return f"{marker} {number} {words}" if number else f"{marker} {words}"

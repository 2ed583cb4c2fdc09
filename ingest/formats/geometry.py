"""Geometry: places on a printed page, in points from the lower left corner as it is looked at."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the page."""

    left: float
    bottom: float
    right: float
    top: float

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies in it."""
        return self.left <= x <= self.right and self.bottom <= y <= self.top


@dataclass(frozen=True, slots=True)
class Turn:
    """From the coordinates of the file to the page as it is looked at."""

    degrees: int
    left: float
    bottom: float
    right: float
    top: float

    def point(self, x: float, y: float) -> tuple[float, float]:
        """A point as it is looked at."""
        x, y = x - self.left, y - self.bottom
        width, height = self.right - self.left, self.top - self.bottom
        return {
            0: (x, y),
            90: (y, width - x),
            180: (width - x, height - y),
            270: (height - y, x),
        }[self.degrees]

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """A rectangle as it is looked at."""
        (x1, y1), (x2, y2) = self.point(left, bottom), self.point(right, top)
        return Box(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))

    @property
    def page(self) -> Box:
        """The page itself."""
        return self.box(self.left, self.bottom, self.right, self.top)

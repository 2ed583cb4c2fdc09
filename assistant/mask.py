"""A language model never sees a phone number or an address that it could retype.

They go out as marks, `[phone-1]`, and come back from the evidence itself. What else belongs to
whoever asks, an identity card or an account, goes out as `[cin]` and does not come back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from assistant.identifiers import find_identifiers
from ingest.figures import find_figures

_KINDS = frozenset({"phone", "url", "email"})


@dataclass(slots=True)
class Mask:
    """The marks handed out for one answer: mark to the words it stands for."""

    words: dict[str, str] = field(default_factory=dict)

    def hide(self, text: str) -> str:
        """`text` with each phone number, web and mail address replaced by its mark."""
        parts: list[str] = []
        position = 0
        for figure in find_figures(text):
            if figure.kind in _KINDS:
                parts += [
                    text[position : figure.start],
                    self._mark(figure.kind, text[figure.start : figure.end]),
                ]
                position = figure.end
        return "".join([*parts, text[position:]])

    def hide_asked(self, text: str) -> str:
        """The same of what somebody asks, without any of their identifiers."""
        parts: list[str] = []
        position = 0
        for found in find_identifiers(text):
            words = text[found.start : found.end]
            mark = self._mark(found.kind, words) if found.kind in _KINDS else f"[{found.kind}]"
            parts += [text[position : found.start], mark]
            position = found.end
        return self.hide("".join([*parts, text[position:]]))

    def show(self, text: str) -> str:
        """`text` with known marks turned back; an unknown mark stays, and fails verification."""
        return _replace(text, self.words)

    def _mark(self, kind: str, words: str) -> str:
        known = next((mark for mark, value in self.words.items() if value == words), None)
        mark = known or f"[{kind}-{len(self.words) + 1}]"
        self.words[mark] = words
        return mark


def _replace(text: str, words: Mapping[str, str]) -> str:
    for mark, value in words.items():
        text = text.replace(mark, value)
    return text

"""Masking: what people send is kept without what identifies them, and they are told what went."""

from assistant.answer import ANSWERING, Answer
from assistant.identifiers import IdentifierKind, mask_identifiers
from assistant.normalise import visible
from ingest.fold import strip_controls


class Masking:
    """Masks the texts of one request; `kinds` are those of the identifiers found, each once."""

    def __init__(self) -> None:
        self._kinds: dict[IdentifierKind, None] = {}

    @property
    def kinds(self) -> tuple[IdentifierKind, ...]:
        """In the order in which they were found."""
        return tuple(self._kinds)

    def line(self, text: str | None) -> str | None:
        """A question as it was understood, masked; None when a reader would see nothing."""
        return self._masked(visible(text or ""))

    def prose(self, text: str | None) -> str | None:
        """A text of several lines, masked; None when a reader would see nothing."""
        return self._masked(strip_controls(text or "").strip())

    def _masked(self, text: str) -> str | None:
        masked = mask_identifiers(text)
        self._kinds |= dict.fromkeys(masked.kinds)
        return masked.text or None


def masked_answer(answer: Answer) -> dict[str, object]:
    """The answer as JSON, without what it repeats of the question.

    Quotes and contacts are published words and stay as they are; a quote has to be its document's.
    """
    told = answer.model_dump(mode="json")
    if answer.status not in ANSWERING:
        told["text"] = mask_identifiers(answer.text).text
    for notice in told["notices"]:
        notice["text"] = mask_identifiers(notice["text"]).text
    told["follow_ups"] = [mask_identifiers(text).text for text in answer.follow_ups]
    return told

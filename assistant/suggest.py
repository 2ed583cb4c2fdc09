"""Suggestions: questions that the documents answer, for people who do not know what to ask.

They are the documents' own: each was filed with a sheet that answers it, in the sheet's language.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from assistant.profile import BEGINNING
from assistant.question import Profile
from index.store import Store
from ingest.document import Document
from ingest.fold import fold
from ingest.glossary import Term, form_key

CONSIDERED = 400
"""Documents that are looked at for one list, so that its time does not grow with the corpus."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question, the document that answers it, and whether it is about what a profile names."""

    text: str
    language: str
    document_id: str
    concerned: bool


def suggest(
    store: Store, language: str, *, day: date, limit: int, profile: Profile | None = None
) -> tuple[Suggestion, ...]:
    """At most `limit` questions in a language (fr, ar, en), others each day, the same all day.

    Those about the sector, the region or the market of a profile come first, and those about how to
    export for a first one; neighbours in the list are about different topics.
    """
    filed = sorted(store.filed_questions(language), key=lambda one: _lot(day, one[0]))[:CONSIDERED]
    interest = _Interest(store, profile or Profile())
    near: list[tuple[str, Suggestion]] = []
    far: list[tuple[str, Suggestion]] = []
    for document_id, text in filed:
        document = store.document(document_id)
        concerned = interest.covers(document, text)
        topic = document.topics[0] if document.topics else ""
        suggestion = Suggestion(text, language, document_id, concerned)
        (near if concerned else far).append((topic, suggestion))
    return (*_mixed(near), *_mixed(far))[:limit]


def _lot(day: date, document_id: str) -> bytes:
    """A document's place in the order of a day."""
    return hashlib.sha256(f"{day.isoformat()} {document_id}".encode()).digest()


def _mixed(found: Iterable[tuple[str, Suggestion]]) -> Iterator[Suggestion]:
    """One of each topic, then a second of each."""
    by_topic: dict[str, list[Suggestion]] = {}
    for topic, suggestion in found:
        by_topic.setdefault(topic, []).append(suggestion)
    for several in zip_longest(*by_topic.values()):
        yield from (one for one in several if one is not None)


class _Interest:
    """What a profile names, as documents name it."""

    def __init__(self, store: Store, profile: Profile) -> None:
        named = store.gazetteer.named(profile.region or "")
        sector = "-".join(fold(profile.sector or "").split())
        self._topics = {BEGINNING} if profile.first_export else set()
        self._wanted = {sector, *(region.id for region in named)} - {""}
        self._forms = tuple(_forms(store.terms(), profile.market)) if profile.market else ()

    def covers(self, document: Document, text: str) -> bool:
        if not self._wanted.isdisjoint((*document.sectors, *document.regions)):
            return True
        if not self._topics.isdisjoint(document.topics):
            return True
        words = f" {form_key(f'{text} {document.title}')} "
        return any(f" {form} " in words for form in self._forms)


def _forms(terms: Iterable[Term], market: str) -> Iterator[str]:
    """The ways to write a market."""
    asked = form_key(market)
    for term in terms:
        forms = [form_key(form) for form in term.forms]
        if term.kind == "place" and asked in (term.id, *forms):
            yield from forms

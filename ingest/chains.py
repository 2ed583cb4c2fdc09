"""Chains: legal texts that follow each other, and what that makes of the earlier ones.

A decree does not say that it was replaced: the later one does, or merely rules on the same duty.
So the standing of a text is known only from its whole collection. Only what is sure is filled in:
a text repealed by number; a measure on a duty that a later measure covers whole; a stated end.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from ingest.document import Document, Source
from ingest.fold import fold
from ingest.law import annexed_to, whole_title
from ingest.lawtime import in_force_from, measure_period, signed_on
from ingest.repeal import repealed_by


@dataclass(slots=True)
class Text:
    """A law or decree as its articles tell together.

    `title` is without the article. `date` is the day in its title, else that on which it was
    signed; `start` and `end` are the days from and until which it says that it applies; `goods` is
    what it sets an import duty on, empty when it sets none or says only that there are some;
    `repeals` the numbers of the texts that it ends; `articles` the document of each article.
    """

    key: str
    title: str
    number: str | None
    goods: frozenset[str]
    date: str | None = None
    start: str | None = None
    end: str | None = None
    repeals: set[str] = field(default_factory=set)
    articles: dict[str | None, str] = field(default_factory=dict)

    @property
    def when(self) -> str:
        """Its place in time: the day it bears, else the day from which it applies."""
        return self.date or self.start or ""

    @property
    def label(self) -> str:
        """What people call it by."""
        return self.number or self.title

    def article(self, number: str | None) -> str:
        """The id of the document with that article, else of the first."""
        return self.articles.get(number) or min(self.articles.values())


class Chains:
    """The legal texts of a collection, and which of them ends which.

    Collecting goes through the documents once and keeps a few words of each text; `placed` then
    gives any of the documents its standing. The order of the documents makes no difference.
    """

    def __init__(self, documents: Iterable[Document]) -> None:
        self._texts: dict[str, Text] = {}
        for document in documents:
            if document.law:
                self._note(document)
        self._successors = dict(_successors(self._texts.values()))
        self._predecessors = {
            later.key: earlier
            for earlier in _in_time(self._texts.values())
            if (later := self._successors.get(earlier.key))
        }
        ordered = sorted(self._texts.values(), key=lambda text: text.key)
        self._repealers = {number: text for text in ordered for number in text.repeals}

    def placed(self, document: Document) -> Document:
        """The document with the date and the standing of its text.

        `law.date`, `valid_from` and `valid_to` hold for every article wherever the text states
        them; what a document declares itself is kept. What another text repeals or replaces gets
        `law.replaced_by`, and the later one `supersedes`. What rests on the order of two texts, and
        not on their words, is named in `guessed`.
        """
        law = document.law
        text = self._texts.get(_key(document)) if law else None
        if law is None or text is None:
            return document
        repealer = self._repealer(text)
        replacing = repealer or self._successors.get(text.key)
        earlier = self._predecessors.get(text.key)
        stated = document.valid_to or text.end
        end = stated or _eve(replacing)
        guessed = [
            *document.guessed,
            *(["valid_to"] if end and not stated else []),
            *(["supersedes"] if earlier and not document.supersedes else []),
        ]
        return replace(
            document,
            source=_dated(document.source, text.date),
            valid_from=document.valid_from or text.start,
            valid_to=end,
            supersedes=document.supersedes or (earlier.article(law.article) if earlier else None),
            law=replace(
                law,
                number=law.number or text.number,
                date=law.date or text.date,
                is_repealed=law.is_repealed or repealer is not None,
                replaced_by=law.replaced_by or (replacing.label if replacing else None),
            ),
            guessed=tuple(dict.fromkeys(guessed)),
        )

    def duties(self) -> tuple[tuple[Text, ...], ...]:
        """The measures on one duty that replace each other, each chain in the order of time."""
        later = {text.key for text in self._successors.values()}
        heads = (self._texts[key] for key in self._successors if key not in later)
        return tuple(tuple(self._from(head)) for head in heads)

    def _from(self, text: Text) -> Iterator[Text]:
        yield text
        if text.key in self._successors:
            yield from self._from(self._successors[text.key])

    def _repealer(self, text: Text) -> Text | None:
        found = self._repealers.get(text.number) if text.number else None
        return found if found and found.number != text.number else None

    def _note(self, document: Document) -> None:
        law, words = document.law, document.text
        if law is None:
            return
        title = whole_title(document)
        text = self._texts.setdefault(
            _key(document), Text(_key(document), title, law.number, _goods(title))
        )
        text.articles[law.article] = min(document.id, text.articles.get(law.article) or document.id)
        annex = annexed_to(words)
        text.number = text.number or (annex[0] if annex else None)
        text.date = law.date or _first(text.date, signed_on(words), annex[1] if annex else None)
        text.start = _first(text.start, in_force_from(words))
        text.repeals.update(repealed_by(words))
        if _MEASURE.search(fold(title)):
            period = measure_period(words)
            text.start = _first(text.start, period.start)
            text.end = max(filter(None, (text.end, period.end)), default=None)


def _key(document: Document) -> str:
    return document.law.part_of or document.id if document.law else document.id


def _first(*days: str | None) -> str | None:
    return min(filter(None, days), default=None)


def _in_time(texts: Iterable[Text]) -> list[Text]:
    return sorted(texts, key=lambda text: (text.when, text.key))


def _successors(texts: Iterable[Text]) -> Iterator[tuple[str, Text]]:
    """For a measure on a duty, the next one in time on at least the same goods."""
    measures = _in_time(text for text in texts if text.goods and text.when)
    for at, text in enumerate(measures):
        for other in measures[at + 1 :]:
            if text.goods <= other.goods and text.when != other.when:
                yield text.key, other
                break


def _eve(text: Text | None) -> str | None:
    """The day before a text applies. A law may apply later than it was signed, a duty does not."""
    day = (text.start or (text.date if text.goods else None)) if text else None
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat() if day else None


def _dated(source: Source | None, day: str | None) -> Source | None:
    if source is None or source.date or day is None:
        return source
    return replace(source, date=day, dated_by="stated")


# Titles, folded

_MEASURE = re.compile(
    r"وقف|تمديد|موقت|(?:رسم|رسوم|مقادير|مبلغ)(?: (?:ال)?\w+)? (?:ال)?(?:استيراد|جمركي)"
    r"|suspen|prorog|tempora|droits? d'importation"
)
_DUTY = re.compile(
    r"(?:رسم|رسوم)(?: (?:ال)?استيراد| (?:ال)?جمركي\w*).*?(?:ال)?(?:مفروض|مطبق)\w*"
    r"(?: حين (?:ال)?استيراد)? (?:علي استيراد|علي|عند استيراد) (?P<goods>.+)"
    r"|droits? d'importation (?:applicables? |appliques? )?"
    r"(?:a l'|a la |aux? |sur (?:l'|la |les? )?)(?P<biens>.+)"
)
_VAGUE = re.compile(r"(?<!\w)(?:بعض|certain\w*|divers)(?!\w)|(?<!\w)و(?:علي|بتغيير|بوقف|وقف)(?!\w)")
_AND = re.compile(r" و(?=ال|مشتق)| et (?:a |de )?(?:l'|la |les? |ses? )?|, ?")
_SAME_GOODS = {"القمح الطري": "القمح اللين", "القمع الصلب": "القمح الصلب"}


def _goods(title: str) -> frozenset[str]:
    match = _DUTY.search(fold(title))
    goods = (match["goods"] or match["biens"]) if match else ""
    if not goods or _VAGUE.search(goods):
        return frozenset()
    return frozenset(_good(part) for part in _AND.split(goods) if part.strip())


def _good(words: str) -> str:
    plain = " ".join(words.split()).strip(" .")
    return _SAME_GOODS.get(plain, plain)

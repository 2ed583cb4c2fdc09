"""Twins: documents that say nearly the same, of which one is to be cited.

Copies of one text differ in their furniture: a masthead, an author, the day they were put online,
the width of their lines. Two decrees that differ in one figure are no copies, nor are two forms
with one subject each, nor a text and its translation. So twins are of one language, bear each
other's title, agree in every figure, and every sentence of one stands in the other, besides a few
lines at its head or foot.

Pairs that are worth comparing are found by `ingest.minhash`, so time and memory (about 1.5 kB a
document) grow with the number of documents and not with that of pairs. Texts are read again only
for the pairs.
"""

import hashlib
import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from ingest.document import Document
from ingest.figures import find_figures
from ingest.fold import fold
from ingest.minhash import RUN, min_hash, near
from ingest.segment import is_marked, units


@dataclass(frozen=True, slots=True)
class Signature:
    """What is kept of a document to find its twins.

    Equal `bucket`s have language, figures and validity in common. `rank` is lower the
    better a document is to cite. `hashes` is that of `min_hash`.
    """

    id: str
    bucket: bytes
    rank: tuple[int, ...]
    hashes: bytes

    @staticmethod
    def written(document: Document) -> str:
        """The `signature` of a document as text."""
        one = signature(document)
        return json.dumps(
            one and (one.id, one.bucket.hex(), one.rank, b64encode(one.hashes).decode())
        )

    @classmethod
    def read(cls, text: str) -> "Signature | None":
        """The signature that was `written`."""
        found = json.loads(text)
        if found is None:
            return None
        name, bucket, rank, hashes = found
        return cls(name, bytes.fromhex(bucket), tuple(rank), b64decode(hashes))


def signature(document: Document) -> Signature | None:
    """The signature of a document; None for a sheet, whose statements have twins of their own, and
    for a text too short to tell a copy by, unless it is known as an article of a law.
    """
    body = _body(document.text)
    words = _WORD.findall(fold(body))
    is_known = document.law is not None and None not in {document.law.number, document.law.article}
    if document.statements or len(words) < (RUN if is_known else _LEAST_WORDS):
        return None
    return Signature(document.id, _bucket(document, body), _rank(document), min_hash(words))


def find_twins(
    signatures: Iterable[Signature | None], read: Callable[[str], Document]
) -> dict[str, str]:
    """For each document that has a better twin the id of that twin, which has none itself.

    `read` gives the document with an id. The same signatures in any order give the same twins.
    """
    ordered = sorted(filter(None, signatures), key=lambda one: (one.rank, one.id))
    links: dict[str, str] = {}
    for place, betters in near([(one.bucket, one.hashes) for one in ordered], _COMPARED):
        one = ordered[place]
        originals = [ordered[at].id for at in betters if ordered[at].id not in links]
        if originals:
            text = _Text.of(read(one.id))
            others = (_Text.of(read(other)) for other in originals)
            twin = next((other for other in others if _are_twins(text, other)), None)
            if twin:
                links[one.id] = twin.document.id
    return links


_LEAST_WORDS = 20
_COMPARED = 8
"""Documents: more that are so alike and yet no twins are a form filled in again and again."""

_MOST_EXTRA = 0.15
"""Share of the words that may stand at the head and foot of one copy alone."""

_ALTERED = 0.3
"""Share of its word pairs that a sentence has in common with a text that holds it altered."""

_TIERS = {"official": 0, "press": 1, "other": 2, "copy": 3}


def _rank(document: Document) -> tuple[int, ...]:
    """Official before the press before copies; with a date and an address before without."""
    source = document.source
    if source is None:
        return (_TIERS["other"], 1, 1)
    return (_TIERS[source.tier], source.date is None, source.url is None)


def _bucket(document: Document, body: str) -> bytes:
    law = document.law
    figures = sorted(figure.key for figure in find_figures(" ".join(body.split())))
    valid = (document.valid_from, document.valid_to, law.is_repealed if law else False)
    return hashlib.sha256(repr((document.language, figures, valid)).encode()).digest()[:16]


@dataclass(frozen=True, slots=True)
class _Text:
    """A document: its sentences, the stream of its letters and digits, its pairs of words."""

    document: Document
    sentences: tuple[str, ...]
    stream: str
    pairs: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, document: Document) -> "_Text":
        body = _body(document.text)
        return cls(
            document=document,
            sentences=tuple(body[unit.start : unit.end] for unit in units(body)),
            stream=_letters(body),
            pairs=frozenset(_pairs(body)),
        )


def _are_twins(one: _Text, other: _Text) -> bool:
    if not (_is_same_article(one.document, other.document) and _bears_title(one, other)):
        return False
    mine, theirs = _extra(one, other), _extra(other, one)
    if mine is None or theirs is None or (mine.foot and theirs.foot):
        return False
    return mine.is_furniture(one, other) and theirs.is_furniture(other, one)


def _is_same_article(one: Document, other: Document) -> bool:
    """Whether two documents may be one legal text, or one article of it.

    Decrees are written after one pattern and may bear one title: what tells them apart is their
    number. Articles of texts without number are the same in the same text alone.
    """
    if one.law is None or other.law is None:
        return True
    if (one.law.number, one.law.article) != (other.law.number, other.law.article):
        return False
    return one.law.number is not None or one.law.part_of == other.law.part_of


def _bears_title(one: _Text, other: _Text) -> bool:
    """Whether the title of one stands in the other: the subject of a form may stand only there."""
    titles = _letters(one.document.title), _letters(other.document.title)
    return titles[0] in titles[1] + other.stream or titles[1] in titles[0] + one.stream


@dataclass(frozen=True, slots=True)
class _Extra:
    """The sentences at head and foot of a text that do not stand in another.

    Where both have a foot of their own, one may have been put for the other: that is no copy.
    """

    head: tuple[str, ...]
    foot: tuple[str, ...]

    def is_furniture(self, one: _Text, other: _Text) -> bool:
        """Whether they are few and say nothing that the other text says in another way."""
        extra = (*self.head, *self.foot)
        most = _MOST_EXTRA * sum(map(len, one.sentences))
        return sum(map(len, extra)) <= most and all(_is_new(words, other) for words in extra)


def _extra(one: _Text, other: _Text) -> _Extra | None:
    """What one says besides the other, None if that stands between what both say."""
    found = [_letters(sentence) in other.stream for sentence in one.sentences]
    if True not in found:
        return None
    head, foot = found.index(True), len(found) - found[::-1].index(True)
    if not all(found[head:foot]):
        return None
    return _Extra(one.sentences[:head], one.sentences[foot:])


def _is_new(words: str, other: _Text) -> bool:
    """Whether a line that the other text lacks is no altered line of it."""
    pairs = list(_pairs(words))
    common = sum(pair in other.pairs for pair in pairs)
    is_plain = not is_marked(words) and not find_figures(words)
    return is_plain and common <= max(1, _ALTERED * len(pairs))


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    words = _WORD.findall(fold(text))
    return pairwise(words)


def _letters(text: str) -> str:
    """Letters and digits alone: line breaks, hyphens and marks differ between copies."""
    return "".join(_WORD.findall(fold(text)))


_WORD = re.compile(r"\w+")


def _body(text: str) -> str:
    """A text without the lines that tell when, and by whom, a copy of it was put online."""
    return "\n".join(line for line in text.split("\n") if not _is_byline(line))


def _is_byline(line: str) -> bool:
    if len(line) > _LONGEST_BYLINE:
        return False
    folded = fold(line)
    return bool(_PUT_ONLINE.match(folded) or _WRITTEN_BY.fullmatch(folded))


_LONGEST_BYLINE = 80
_WRITTEN_BY = re.compile(
    r"(?:par|by|redige par|written by|بقلم|اعداد|كتب) ?:? [^\W\d]+(?:[ -][^\W\d]+){0,3}"
    r"|(?:[^\W\d]+ ?[-,/] ?)?(?:map|و ?\.?م ?\.?ع)"
)
_PUT_ONLINE = re.compile(
    r"(?:publie|mis en ligne|mis a jour|posted|published|updated|نشر|تاريخ النشر|اخر تحديث"
    r"|تم النشر)(?: le| on| في| يوم)? ?:? ?(?:[^\W\d]+,? )?\d"
)

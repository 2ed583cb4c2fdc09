"""Law: the number, the article and the standing of a legal text, as its own words give them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.document import Document, Law
from ingest.fold import fold
from ingest.lawnumber import (
    ABOUT,
    ANY_NUMBER,
    DIGITS,
    LEGAL_WORD,
    MARK,
    WORDS,
    law_number,
    normal,
)
from ingest.lawtime import find_dates, readable_dates
from ingest.repeal import is_called_repealed


def read_law(title: str, article: str | None = None, part_of: str | None = None) -> Law | None:
    """What a title says of a legal text, None when it is not the title of one.

    `article` is the label of the article (`Article 15 bis`, «المادة 15 مكررة») when the document
    holds that one alone, and `part_of` the id of the text that it belongs to.
    """
    label = fold(title)
    own = _ARTICLE_OF.match(label)
    number = article_number(article or (own.group() if own else ""))
    if not (number or part_of or _KIND.match(label)):
        return None
    return Law(
        number=law_number(label[own.end() :] if own else title),
        article=number,
        date=_title_date(title),
        is_repealed=is_called_repealed(title),
        part_of=part_of,
    )


def article_title(title: str, label: str) -> str:
    """The title of one article of a text: what it is searched and shown by."""
    return f"{title}{_JOIN}{label}" if label else title


def whole_title(document: Document) -> str:
    """The title of the text that a document holds an article of, its own when it holds it all."""
    is_article = document.law is not None and document.law.article is not None
    return document.title.rpartition(_JOIN)[0] or document.title if is_article else document.title


def article_number(label: str) -> str | None:
    """`15` or `15 bis` for the label of an article in French, Arabic or English, else None."""
    return next(_articles(fold(label)), None)


@dataclass(frozen=True, slots=True)
class Reference:
    """The legal texts and articles that one line speaks of; a title only of the text it bears."""

    numbers: tuple[str, ...]
    articles: tuple[str, ...]


def references(line: str) -> Reference:
    """The numbers and articles named in a line. A number counts when a mark (`n°`, «رقم») or the
    word for a legal text stands at it, and a bare `91.14` when such a word stands in the line.
    """
    folded = fold(line)
    own = law_number(line)
    articles = tuple(dict.fromkeys(_articles(folded)))
    if own or not LEGAL_WORD.search(folded):
        return Reference((own,) if own else (), articles)
    if _KIND.match(folded) and _APPLIES.search(folded):
        return Reference((), articles)
    found = (normal(match["number"]) for match in ANY_NUMBER.finditer(folded))
    return Reference(tuple(dict.fromkeys(found)), articles)


def annexed_to(text: str) -> tuple[str, str | None] | None:
    """Number and date of the text that an annex in it says it belongs to, which is the text itself.

    Titles leave the number out more often than annexes do.
    """
    if not _ANNEX_HINT.search(text):
        return None
    match = _ANNEX.search(readable_dates(text))
    if match is None:
        return None
    dates = find_dates(match["date"])
    return normal(match["number"]), dates[0] if dates else None


_JOIN = " — "

# Folded text: no accents, alef without hamza, ي for ى, ه for ة.

_KIND = re.compile(rf"\W*{WORDS}(?!\w)")
_APPLIES = re.compile(
    r"(?<!\w)(?:[بل]?تطبيق|application|applying|execution|modifi\w+|complet\w+|[بو]?تغيير|[بو]?تتميم)"
)
_ANNEX_HINT = re.compile(r"ملحق|[Aa]nnex")
_ANNEX = re.compile(
    rf"(?:ملحق\w*\s+(?:ب|لل|ل)(?:ال)?(?:مرسوم|قرار|ظهير)\s+رقم|[Aa]nnexe au (?:décret|dahir) n[°o])"
    rf"\s*(?P<number>{DIGITS})(?P<date>.{{0,70}})",
    re.DOTALL,
)


def _title_date(title: str) -> str | None:
    """The date that follows the number a title bears, or its promulgation."""
    head = re.split(rf"(?<!\w)(?:{ABOUT})(?!\w)", title, maxsplit=1)[0]
    promulgation = re.search(r"promulgu.*", title)
    dates = find_dates(head) or (find_dates(promulgation.group()) if promulgation else ())
    return dates[0] if dates else None


# Articles

_ORDINALS = (
    r"1 ?ere?|premiere?|first|اول[يه]|اول",
    r"deuxieme|second|ثاني[ه]?",
    r"troisieme|third|ثالثه?",
    r"quatrieme|fourth|رابعه?",
    r"cinquieme|fifth|خامسه?",
    r"sixieme|sixth|سادسه?",
    r"septieme|seventh|سابعه?",
    r"huitieme|eighth|ثامنه?",
    r"neuvieme|ninth|تاسعه?",
    r"dixieme|tenth|عاشره?",
)
_ORDINAL = "|".join(f"(?P<n{at}>(?:ال)?(?:{words}))" for at, words in enumerate(_ORDINALS, 1))
_ARTICLE = re.compile(
    r"(?<!\w)(?:articles?|art\.?|[وفبكل]?(?:ال)?(?:ماده|فصل)|لل(?:ماده|فصل)) ?"
    rf"(?:(?:{_ORDINAL}|(?P<only>unique|(?:ال)?فريده?))(?!\w)"
    r"|(?P<number>\d{1,4}(?: ?- ?\d{1,3})?)(?!\d|[.,]\d|%)(?: ?er(?!\w))?"
    r"(?: ?(?P<latin>bis|ter|quater|quinquies|sexies)(?!\w)"
    r"|(?P<again> ?(?:ال)?مكرره?)(?: (?P<times>مرتين|ثلاث مرات|اربع مرات|خمس مرات))?)?)"
)
_ARTICLE_OF = re.compile(
    rf"\W*{_ARTICLE.pattern} (?:من|de la|du|of(?: the)?) (?={WORDS} ?{MARK}{DIGITS})"
)
_AGAIN = {
    None: "bis",
    "مرتين": "ter",
    "ثلاث مرات": "quater",
    "اربع مرات": "quinquies",
    "خمس مرات": "sexies",
}


def _articles(folded: str) -> Iterator[str]:
    for match in _ARTICLE.finditer(folded):
        if match["only"]:
            yield "unique"
        elif match["number"]:
            suffix = match["latin"] or (_AGAIN[match["times"]] if match["again"] else "")
            yield f"{match['number'].replace(' ', '')} {suffix}".strip()
        else:
            yield next(str(at) for at in range(1, len(_ORDINALS) + 1) if match[f"n{at}"])

"""Law headings: the lines that head the books, chapters and articles of a legal text.

A line is one by its form: the word, its number, and then its end or a mark. So «Article 12» and
"Article 12.- Les importations…" are, and "l'article 12 de la loi" is not, nor «المادة 12 من
القانون». Badly extracted Arabic puts the mark in front of the number («القسم :4نشر المكافآت»),
and a printer who spaces a heading puts blanks or tatweel inside its word («ا لــمــا د ة   1»).
"""

import re
from dataclasses import dataclass
from functools import cache

from ingest.fold import fold

ARTICLE = 16
"""The level below which a legal text has no heading; a chapter's is lower."""

CHAPTER = 12


@dataclass(frozen=True, slots=True)
class LawHeading:
    """A heading at the start of a line: `line[:end]` is its label, and what follows from `rest` on
    is its name, or the text of the article itself.

    `label` is the label as it is read, «المادة 12» also where letters stand apart. `level` grows
    from the parts of a text down to its articles. `is_fasl` marks «الفصل», which heads the articles
    of older texts and the chapters of those whose articles are «المادة».
    """

    label: str
    level: int
    end: int
    rest: int
    is_fasl: bool = False


def law_heading(line: str, *, is_marked: bool = False) -> LawHeading | None:
    """The heading with which a line begins, None if it begins with none.

    A line that `is_marked` as a heading otherwise needs no mark between its number and its name.
    """
    if not _START.match(line):
        return None
    folded, places = _folded(line[:_LONGEST])
    match = _form(is_marked=is_marked).match(folded)
    if match is None:
        return None
    word = next(name for name in ("word", "thing", "annex") if match[name])
    end = places[match.end("label")]
    start, stop = places[match.start(word)], places[match.end(word)]
    label = f"{line[:start]}{_closed(line[start:stop])} {line[stop:end]}"
    word = _closed(match[word])
    return LawHeading(
        label=" ".join(label.replace(_TATWEEL, "").split()),
        level=_LEVELS[word],
        end=end,
        rest=places[match.end()] if match.end() < len(folded) else len(line),
        is_fasl=word == "الفصل",
    )


_LONGEST = 80
_TATWEEL = "ـ"
_START = re.compile("[APCTLSBUDQFN]|ا[ ـ]*ل[ ـ]*[مفبقكج]|م[ ـ]*ل[ ـ]*ح")
"""What a line must begin with to be read further: most lines are no headings."""

_LEVELS = {
    word: level
    for level, words in (
        (7, "annexe annex ملحق الملحق"),
        (8, "partie part"),
        (9, "livre book الكتاب"),
        (10, "titre title القسم الجزء"),
        (11, "chapitre chapter الباب"),
        (CHAPTER, "الفصل"),
        (13, "section الفرع"),
        (14, "sous-section subsection المبحث"),
        (15, "paragraphe المطلب"),
        (ARTICLE, "article الماده"),
    )
    for word in words.split()
}
_TENS = "عشر(?:ين|ون)|ثلاث(?:ين|ون)|اربع(?:ين|ون)|خمس(?:ين|ون)|ست(?:ين|ون)|سبع(?:ين|ون)"
_ARABIC_ORDINAL = (
    "ال(?:اول[يه]?|ثاني[ه]?|ثالث[ه]?|رابع[ه]?|خامس[ه]?|سادس[ه]?|سابع[ه]?|ثامن[ه]?|تاسع[ه]?"
    rf"|عاشر[ه]?|حادي[ه]?|فريد[ه]?|{_TENS})(?: عشره?| وال(?:{_TENS}))?"
)
_LATIN_ORDINAL = (
    "premiere?|deuxieme|second|troisieme|quatrieme|cinquieme|sixieme|septieme|huitieme|neuvieme"
    "|dixieme|onzieme|douzieme|first|third|fourth|fifth"
)
_NUMBER = (
    rf"(?:{_LATIN_ORDINAL}|unique|only|{_ARABIC_ORDINAL}|[ivx]{{1,7}}(?:er)?"
    r"|\d{1,4}(?:er|[a-z](?![a-z]))?(?: ?- ?\d{1,3})?"
    r"(?: ?(?:bis|ter|quater|quinquies|sexies)| مكرره?)?)(?![a-z\d])"
)
_ANNEXES = "annexe|annex|(?:ال)?ملحق"
_WORD = "|".join(" ?".join(word) for word in sorted(_LEVELS, key=len, reverse=True))
_LABEL = (
    rf"(?P<label>(?:{_LATIN_ORDINAL}) (?P<thing>partie|section|part)"
    rf"|(?P<word>{_WORD}) ?(?:n ?° ?|رقم ?)?(?P<early>[:.] ?-? ?)?{_NUMBER}"
    rf"|(?P<annex>{_ANNEXES})(?=$))"
)
_END = r"(?: ?(?:[.:,]? ?-+|[:.](?!\d)) ?|$|(?(early)(?=[ء-ي ])|(?!)))"


@cache
def _form(*, is_marked: bool) -> re.Pattern[str]:
    """What a heading looks like, compiled at the first: a question need not wait for it."""
    return re.compile(f"{_LABEL}(?:{_END}| )" if is_marked else _LABEL + _END)


def _folded(line: str) -> tuple[str, list[int]]:
    """A line folded sign by sign, and the place in the line of each sign, its end included.

    Of blanks that follow each other the first stands for all.
    """
    signs: list[tuple[str, int]] = []
    for at, raw in enumerate(line):
        for sign in fold(raw):
            if sign != " " or not signs or signs[-1][0] != " ":
                signs.append((sign, at))
    return "".join(sign for sign, _ in signs), [*(at for _, at in signs), len(line)]


def _closed(word: str) -> str:
    """The word without the blanks inside it."""
    return word.replace(" ", "")

"""Law: the number, the article and the standing of a legal text, as its own words give them.

Morocco writes one number as `91-14`, «91.14» and `91/14`; here it is `91-14`. A decree that applies
a law names that law's number without bearing it, and a dahir bears the number of the law that it
promulgates: only what a title bears is its number.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import takewhile

from ingest.document import Document, Law
from ingest.fold import fold
from ingest.lawheading import law_heading
from ingest.lawtime import find_dates, readable_dates


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
        is_repealed=bool(_REPEALED.search(label)),
        part_of=part_of,
    )


def noted_repeal(law: Law, lines: Iterable[str]) -> Law:
    """The law as a note of its own repeal says, which stands alone on a line before its articles.

    «(Abrogé par le décret n° 2-21-300)» or «(منسوخ)»: what stands below an article ends that one.
    """
    for line in takewhile(lambda line: not law_heading(line), lines):
        if _REPEALED.fullmatch(fold(line).strip(" *_.")):
            others = (number for number in numbers_named(line) if number != law.number)
            return replace(
                law, is_repealed=True, replaced_by=law.replaced_by or min(others, default=None)
            )
    return law


def law_number(title: str) -> str | None:
    """The number that a title bears: that of the law promulgated, else that after its kind."""
    folded = fold(title)
    promulgated = _PROMULGATES.search(folded)
    if promulgated:
        return _normal(promulgated["number"])
    match = _BEARS.match(folded)
    return _normal(match["number"]) if match else None


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
    if own or not _LEGAL_WORD.search(folded):
        return Reference((own,) if own else (), articles)
    if _KIND.match(folded) and _APPLIES.search(folded):
        return Reference((), articles)
    found = (_normal(match["number"]) for match in _ANY_NUMBER.finditer(folded))
    return Reference(tuple(dict.fromkeys(found)), articles)


def numbers_named(text: str) -> frozenset[str]:
    """The numbers of all legal texts that a text names, its own among them."""
    folded = fold(text)
    if not _LEGAL_WORD.search(folded):
        return frozenset()
    return frozenset(_normal(match["number"]) for match in _ANY_NUMBER.finditer(folded))


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
    return _normal(match["number"]), dates[0] if dates else None


def repealed_by(text: str) -> Iterator[str]:
    """The numbers of the texts that this one repeals whole; a repealed article is not a text."""
    if not _REPEALS_HINT.search(text):
        return
    for clause in _clauses(text):
        verb = _IS_REPEALED.search(clause)
        if verb and not _PART.search(clause[: verb.start()]):
            subjects = [_normal(one["number"]) for one in _SUBJECT.finditer(clause[: verb.start()])]
            yield from subjects if verb["many"] else subjects[:1]
    for match in _REPEALS.finditer(_POINTER.sub("", fold(text))):
        for number in _ANY_NUMBER.finditer(match["object"]):
            yield _normal(number["number"])
            break


def _clauses(text: str) -> list[str]:
    """The clauses of a text, folded, those of an article without its label."""
    lines = ((line, law_heading(line)) for line in text.split("\n"))
    words = (f" ; {line[head.rest :]}" if head else line or ";" for line, head in lines)
    return [clause.strip(" -–") for clause in _CLAUSE_END.split(fold(" ".join(words)))]


_JOIN = " — "

# Folded text: no accents, alef without hamza, ي for ى, ه for ة.

_DIGITS = r"\d{1,4}(?: ?[./-] ?\d{1,5}){1,3}(?![\d%])"
_MARK = r"(?:n ?[°o]\.?|num(?:ero|ber)?\.?|رقم) ?[:,،]? ?"
_WORDS = (
    r"(?:loi(?:[- ]cadre)?|decret(?:[- ]loi)?|dahir|arrete|circulaire|note circulaire|decision"
    r"|instruction|law|act|decree|order|circular"
    r"|(?:ال)?(?:قانون|مرسوم|ظهير|قرار|دوريه|منشور|مقرر)(?:[ -](?:ال)?اطار)?)"
)
_KIND = re.compile(rf"\W*{_WORDS}(?!\w)")
_LEGAL_WORD = re.compile(rf"(?<!\w)(?:[وفبكل]|لل)?{_WORDS}(?!\w)|{_MARK}\d")
_APPLIES = re.compile(
    r"(?<!\w)(?:[بل]?تطبيق|application|applying|execution|modifi\w+|complet\w+|[بو]?تغيير|[بو]?تتميم)"
)
_ABOUT = (
    r"relati\w*|portant|fixant|modifi\w*|complet\w*|pris\w*|pour|sur|concernant|on|[بل]?تطبيق"
    r"|(?:ال)?متعل\w*|يتعلق|بتحديد|بتغيير|بتتميم|باحداث|بوقف|بفرض|بتمديد|في شان|بشان|يحدد|بتنفيذ"
)
_BEARS = re.compile(
    rf"\W*{_WORDS}(?:(?: (?!(?:{_ABOUT})(?!\w))[^\W\d][^\s\d]*){{0,8}}? ?{_MARK}| )"
    rf"(?P<number>{_DIGITS})"
)
_PROMULGATES = re.compile(
    r"(?:portant promulgation de|promulguant|promulgating|بتنفيذ) (?:la |the )?"
    rf"(?:loi|law|(?:ال)?قانون)(?:[ -](?:cadre|(?:ال)?اطار))? ?(?:{_MARK})?(?P<number>{_DIGITS})"
)
_ANY_NUMBER = re.compile(
    rf"(?<![\d./-])(?:{_MARK}|(?=\d{{1,3}}[./-]\d\d(?![\d./-])|[12][.-]\d\d[.-]\d))"
    rf"(?P<number>{_DIGITS})(?![./-]?\d| ?(?:%|dh|mad|درهم|مليون|million))"
)
_REPEALED = re.compile(
    r"[(\[] ?(?:منسوخه?|نسخ|تم نسخه?|abroge\w*|repealed|remplacee?)"
    r"(?: (?:et remplacee? )?(?:par|by|ب)[^()\[\]]*)? ?[)\]]"
)
_REPEALS_HINT = re.compile(r"نـ*سـ*خ|abrog|repeal")
_POINTER = re.compile(r"(?:ال)?(?:وارد\w*|منصوص عليه\w*) (?:في|ب) ?(?:ال)?(?:ماده|فصل) \d+ ?ا\w*له")
_REPEALS = re.compile(
    r"(?<!تم )(?<!\w)(?:[يت]نسخ|(?:est|sont) abroge\w*|is repealed)(?!\w)"
    rf"(?P<object>(?:(?!ماده|مادتين|مواد|فصل|فصول|باب|قسم|قرار|وارد|article|chapitre|alinea)"
    r"[^.؛;]){0,160}?(?:(?:قانون|مرسوم|ظهير)[^.؛;\d]{0,40}رقم ?|(?:loi|decret|dahir) n ?[°o] ?)"
    rf"{_DIGITS})"
)
_CLAUSE_END = re.compile(r"[.:](?!\d)(?<!n[o°]\.)|[;؛]")
_IS_REPEALED = re.compile(
    r"(?<!\w)(?:est|is|(?P<many>sont|are))(?: et demeur\w+)?(?: hereby)? (?:abroge|repealed)"
)
_PART = re.compile(
    r"(?<!\w)(?:articles?|chapitres?|chapters?|alineas?|annexes?|arretes?|orders?)(?!\w)"
)
_SUBJECT = re.compile(
    r"(?:^|, ?|(?<!\w)(?:et|and) )"
    r"(?:(?:les |the )?(?:dispositions|provisions) (?:du |de la |of ))?"
    rf"(?:le |la |the )?(?:loi|decret(?:[- ]loi)?|dahir|law|decree) {_MARK}(?P<number>{_DIGITS})"
)
_ANNEX_HINT = re.compile(r"ملحق|[Aa]nnex")
_ANNEX = re.compile(
    rf"(?:ملحق\w*\s+(?:ب|لل|ل)(?:ال)?(?:مرسوم|قرار|ظهير)\s+رقم|[Aa]nnexe au (?:décret|dahir) n[°o])"
    rf"\s*(?P<number>{_DIGITS})(?P<date>.{{0,70}})",
    re.DOTALL,
)


def _normal(number: str) -> str:
    return re.sub(r" ?[./-] ?", "-", number)


def _title_date(title: str) -> str | None:
    """The date that follows the number a title bears, or its promulgation."""
    head = re.split(rf"(?<!\w)(?:{_ABOUT})(?!\w)", title, maxsplit=1)[0]
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
    rf"\W*{_ARTICLE.pattern} (?:من|de la|du|of(?: the)?) (?={_WORDS} ?{_MARK}{_DIGITS})"
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

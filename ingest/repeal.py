"""Repeal: which texts a legal text ends, and whether one says that it was ended itself."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import takewhile

from ingest.document import Law
from ingest.fold import fold
from ingest.lawheading import law_heading
from ingest.lawnumber import ANY_NUMBER, DIGITS, MARK, normal, numbers_named


def is_called_repealed(title: str) -> bool:
    """Whether a title says of its text, in brackets, that it was repealed."""
    return bool(_REPEALED.search(fold(title)))


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


def repealed_by(text: str) -> Iterator[str]:
    """The numbers of the texts that this one repeals whole; a repealed article is not a text."""
    if not _REPEALS_HINT.search(text):
        return
    for clause in _clauses(text):
        verb = _IS_REPEALED.search(clause)
        if verb and not _PART.search(clause[: verb.start()]):
            subjects = [normal(one["number"]) for one in _SUBJECT.finditer(clause[: verb.start()])]
            yield from subjects if verb["many"] else subjects[:1]
    for match in _REPEALS.finditer(_POINTER.sub("", fold(text))):
        for number in ANY_NUMBER.finditer(match["object"]):
            yield normal(number["number"])
            break


def _clauses(text: str) -> list[str]:
    """The clauses of a text, folded, those of an article without its label."""
    lines = ((line, law_heading(line)) for line in text.split("\n"))
    words = (f" ; {line[head.rest :]}" if head else line or ";" for line, head in lines)
    return [clause.strip(" -–") for clause in _CLAUSE_END.split(fold(" ".join(words)))]


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
    rf"{DIGITS})"
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
    rf"(?:le |la |the )?(?:loi|decret(?:[- ]loi)?|dahir|law|decree) {MARK}(?P<number>{DIGITS})"
)

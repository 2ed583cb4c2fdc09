"""Wording: whether a sentence keeps that of its evidence, and what it may leave out.

A draft may choose among the parts of a sentence, never among the words of a part. Words left out
between two others can make one subject do what another did, or a rule hold where it does not; a
whole aside, or all that follows a clause, says less and nothing else.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.polarity import bounds, negated, qualified, told_apart
from ingest.figures import Figure, find_figures, supports
from ingest.fold import fold

_Unit = Figure | frozenset[str]


def keeps(claim: str, quote: str, language: str, title: str = "") -> bool:
    """Whether `claim` says what `quote`, of a document in `language`, says, and nothing else.

    Its words are those of the quote in their order. Free are only articles and their like,
    plurals, punctuation, and the way a figure is written. It may leave out

    - sources named in passing: "according to the press";
    - brackets, and the end from a semicolon, a colon or a full stop on, unless they deny, limit,
      set a condition or point back, as "this text was replaced" does;

    and put in front a list mark, a phrase such as "in short," or the first words of the document's
    `title` with a colon.
    """
    clauses = _clauses(quote, language)
    return any(_chooses(said, clauses) for said in _openings(claim, language, title))


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch between brackets: its figures, and its words as the forms that count as the same.

    A claim may leave out the whole of a `spare` part.
    """

    units: tuple[_Unit, ...]
    spare: bool


@dataclass(frozen=True, slots=True)
class _Clause:
    """What a semicolon, a colon or a full stop closes. A claim may end before a `spare` one."""

    parts: tuple[_Part, ...]
    spare: bool


def _chooses(claim: Sequence[_Unit], clauses: Sequence[_Clause]) -> bool:
    """Whether the claim is a choice of parts; `ends` are its positions that a choice reaches."""
    ends = {0}
    for following, clause in enumerate(clauses, 1):
        for part in clause.parts:
            kept = {end + len(part.units) for end in ends if _begins(claim[end:], part.units)}
            ends = kept | ends if part.spare else kept
        if claim and len(claim) in ends and all(rest.spare for rest in clauses[following:]):
            return True
    return False


def _begins(said: Sequence[_Unit], units: Sequence[_Unit]) -> bool:
    return len(said) >= len(units) and all(map(_is_said, units, said))


def _is_said(unit: _Unit, claim: _Unit) -> bool:
    if isinstance(unit, Figure) and isinstance(claim, Figure):
        return supports(unit, claim)
    return not isinstance(unit, Figure) and not isinstance(claim, Figure) and bool(unit & claim)


# What may stand in front

_LIST_MARK = re.compile(r"\s*(?:[-–—•*]|\(?\d{1,2}[.)])\s+")
_LEAD_IN = re.compile(
    r"(?:en (?:bref|résumé)|à noter|pour information|in (?:short|summary)|for information"
    r"|(?:selon|d['’]après) (?:l[ae]s? )?(?:documents?|sources?|fiches?)(?: citée?s?)?"
    r"|according to the (?:cited )?(?:documents?|sources?)|باختصار|للعلم|للإشارة"
    r"|ب?حسب (?:الوثائق|الوثيقة|المصادر|المصدر)(?: المذكورة?)?)\s*[,،:]\s*",
    re.IGNORECASE,
)
_HEADING = re.compile(r"(?P<heading>[^:]+):\s+(?P<rest>.+)", re.DOTALL)


def _openings(claim: str, language: str, title: str) -> Iterator[tuple[_Unit, ...]]:
    """The units of the claim, and again without what stands in front of it."""
    mark = _LIST_MARK.match(claim)
    bare = claim[mark.end() :] if mark else claim
    yield _units(bare, language)
    if lead_in := _LEAD_IN.match(bare):
        yield _units(bare[lead_in.end() :], language)
    if headed := _HEADING.match(bare):
        heading = _units(headed["heading"], language)
        if _begins(_units(title, language), heading):
            yield _units(headed["rest"], language)


# Clauses, parts and units

_SOURCE = (
    r"(?:(?:une?|l[ae]s?|des|deux|an?|the|its|two) |l['’])?(?:[\w-]+ ){0,2}?"
    r"(?:articles?|pages?|presse|manuel|cours|copie|guide|cabinet|fiche|blog|notes?|service|chambre"
    r"|communiqué|circulaire|loi|décret|arrêté|code|rapport|étude|dépêche|press|manual|course|copy"
    r"|consultancy|chamber|sheet|circular|law|decree|order|report|study|dispatch)\b"
)
_ARABIC_SOURCE = (
    r"(?:ال)?(?:مقال|صفحة|نسخة|دليل|درس|مكتب|مصلحة|أرقام|مدونة|غرفة|صحافة|جريدة|بطاقة|دورية|ورقة"
    r"|موقع|بلاغ)(?!\w)"
)
_ATTRIBUTION = re.compile(
    r"(?:^|(?<=[.;:؛])\s+|[,،]\s*)"
    r"(?P<source>(?:(?:[Ss]elon|[Dd]['’]après|[Aa]ccording to) "
    rf"(?:{_SOURCE}|(?:l[ae]s? |l['’]|the )?[A-Z])"
    rf"|ب?حسب (?:{_ARABIC_SOURCE}|[A-Z]))(?:[^.,;:،؛()]|[.,](?=\w))*)"
)
_FRAMES = str.maketrans("⟦⟧", "  ")
_PIECE = re.compile(r"(⟦[^⟧]*⟧|\([^()]*\)|[;:.!?](?=\s+[^\s#]|\s*$))")
_NUMBERED = re.compile(r"(?<!\w)(?:n°|no\.|رقم)\s*#")
_WORD = re.compile(r"#|[^\W\d_]+|\d+")
_PLURAL = re.compile(r"(?<=\w{3})(?:es|s|x|e)$")
_PROCLITIC = re.compile(r"^[وف](?=\w{3})")
_ARTICLE = re.compile(r"^ال(?=\w{2})")


def _words(line: str) -> frozenset[str]:
    return frozenset(fold(line).split())


_LIGHT: Mapping[str, frozenset[str]] = {
    "fr": _words("le la les l un une des du de d ce cet cette ces est sont en"),
    "en": _words("the a an this that these those of is are in on"),
    "ar": _words("هذا هذه ذلك تلك هو هي في أن"),
}


def _units(text: str, language: str) -> tuple[_Unit, ...]:
    clauses = _clauses(text, language)
    return tuple(unit for clause in clauses for part in clause.parts for unit in part.units)


def _clauses(text: str, language: str) -> list[_Clause]:
    framed = _ATTRIBUTION.sub(r" ⟦\g<source>⟧", text.translate(_FRAMES))
    figures = find_figures(framed)
    clauses: list[_Clause] = []
    pieces: list[str] = []
    at = iter(figures)
    for piece in [*_PIECE.split(_without(figures, framed)), "."]:
        if piece not in set(";:.!?"):
            pieces.append(piece)
            continue
        parts = tuple(_Part(tuple(_cut(p, language, at)), _is_spare(p)) for p in pieces)
        clauses.append(_Clause(parts, spare=all(map(_is_harmless, pieces))))
        pieces = []
    return clauses


def _without(figures: Sequence[Figure], text: str) -> str:
    """The folded text with `#` for each figure, together with the "no." before it."""
    starts = [0, *(figure.end for figure in figures)]
    ends = [*(figure.start for figure in figures), len(text)]
    between = (text[start:end] for start, end in zip(starts, ends, strict=True))
    folded = (fold(told_apart(words)).replace("#", " ") for words in between)
    return _NUMBERED.sub(" #", " # ".join(folded))


def _is_spare(piece: str) -> bool:
    return piece.startswith(("⟦", "(")) and _is_harmless(piece)


def _is_harmless(piece: str) -> bool:
    marked = negated(piece) or bounds(piece) or qualified(piece)
    return piece.startswith("⟦") or not marked


def _cut(piece: str, language: str, figures: Iterator[Figure]) -> Iterator[_Unit]:
    light = _LIGHT.get(language, frozenset())
    for match in _WORD.finditer(piece):
        word = match.group()
        if word == "#":
            yield next(figures)
        elif word not in light:
            bare = {_PLURAL.sub("", word), _PROCLITIC.sub("", word)}
            yield frozenset(_ARTICLE.sub("", form) for form in bare)

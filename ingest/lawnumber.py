"""Law number: the number of a legal text, wherever one is written.

Morocco writes one number as `91-14`, «91.14» and `91/14`; here it is `91-14`. A decree that applies
a law names that law's number without bearing it, and a dahir bears the number of the law that it
promulgates: only what a title bears is its number.
"""

import re

from ingest.fold import fold


def law_number(title: str) -> str | None:
    """The number that a title bears: that of the law promulgated, else that after its kind."""
    folded = fold(title)
    promulgated = _PROMULGATES.search(folded)
    if promulgated:
        return normal(promulgated["number"])
    match = _BEARS.match(folded)
    return normal(match["number"]) if match else None


def numbers_named(text: str) -> frozenset[str]:
    """The numbers of all legal texts that a text names, its own among them."""
    folded = fold(text)
    if not LEGAL_WORD.search(folded):
        return frozenset()
    return frozenset(normal(match["number"]) for match in ANY_NUMBER.finditer(folded))


def normal(number: str) -> str:
    """A number as it is written here."""
    return re.sub(r" ?[./-] ?", "-", number)


# Folded text: no accents, alef without hamza, ي for ى, ه for ة. These are parts of patterns, and
# patterns, of all modules that read legal texts.

DIGITS = r"\d{1,4}(?: ?[./-] ?\d{1,5}){1,3}(?![\d%])"
MARK = r"(?:n ?[°o]\.?|num(?:ero|ber)?\.?|رقم) ?[:,،]? ?"
WORDS = (
    r"(?:loi(?:[- ]cadre)?|decret(?:[- ]loi)?|dahir|arrete|circulaire|note circulaire|decision"
    r"|instruction|law|act|decree|order|circular"
    r"|(?:ال)?(?:قانون|مرسوم|ظهير|قرار|دوريه|منشور|مقرر)(?:[ -](?:ال)?اطار)?)"
)
LEGAL_WORD = re.compile(rf"(?<!\w)(?:[وفبكل]|لل)?{WORDS}(?!\w)|{MARK}\d")
ANY_NUMBER = re.compile(
    rf"(?<![\d./-])(?:{MARK}|(?=\d{{1,3}}[./-]\d\d(?![\d./-])|[12][.-]\d\d[.-]\d))"
    rf"(?P<number>{DIGITS})(?![./-]?\d| ?(?:%|dh|mad|درهم|مليون|million))"
)
ABOUT = (
    r"relati\w*|portant|fixant|modifi\w*|complet\w*|pris\w*|pour|sur|concernant|on|[بل]?تطبيق"
    r"|(?:ال)?متعل\w*|يتعلق|بتحديد|بتغيير|بتتميم|باحداث|بوقف|بفرض|بتمديد|في شان|بشان|يحدد|بتنفيذ"
)
_BEARS = re.compile(
    rf"\W*{WORDS}(?:(?: (?!(?:{ABOUT})(?!\w))[^\W\d][^\s\d]*){{0,8}}? ?{MARK}| )"
    rf"(?P<number>{DIGITS})"
)
_PROMULGATES = re.compile(
    r"(?:portant promulgation de|promulguant|promulgating|بتنفيذ) (?:la |the )?"
    rf"(?:loi|law|(?:ال)?قانون)(?:[ -](?:cadre|(?:ال)?اطار))? ?(?:{MARK})?(?P<number>{DIGITS})"
)

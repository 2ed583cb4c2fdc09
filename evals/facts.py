"""Does a fact occur in an answer? Figures are compared by value, words by their folded spelling."""

import re
from dataclasses import dataclass
from functools import lru_cache

from evals.gold import Fact
from ingest.figures import Figure, find_figures, supports
from ingest.fold import fold

NEAR = 40
"""Characters between a bare number and its unit, at most."""

_WORD = re.compile(r"[^\W_]+")
_WHOLE_TYPES = frozenset({"name", "code"})
_STEM_LETTERS = 4
_CODE_DIGITS = 4
_PROCLITICS = "[وف]?[بكل]?(?:ال|ل)?"
_ARABIC = re.compile("[ء-ي]")


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as the matchers see it: `words` is folded, with single spaces between words."""

    text: str
    figures: tuple[Figure, ...]
    words: str


def read(text: str) -> Reading:
    """Prepare a text for many questions about it."""
    return Reading(text, find_figures(text), _words(text))


def occurs(fact: Fact, said: Reading) -> bool:
    """Whether one of the fact's forms is said.

    A form that is one figure (`150`, `80 %`, `31 دجنبر 2024`, `0537 73 60 74`) is matched by what
    it means, see `ingest.figures.supports`: digit script and separators do not matter. A bare
    number that has units in `near` needs one of them within NEAR characters, and a figure that has
    a unit of its own must have that one. Codes are equal when their letters and digits are.

    Any other form is matched as words, at the start of a word (behind Arabic proclitics too). Names
    and codes match whole words; numbers, dates and texts may go on, so that a stem finds its
    inflections, unless their last word is shorter than four letters. Inner words may end in a
    plural s or x, or in the alef of an Arabic accusative.
    """
    return any(_form_occurs(form, fact, said) for form in fact.any)


def mentions(value: str, said: Reading) -> bool:
    """Whether a value is said in any layout; stricter than `occurs`, for what must not be said.

    Runs of four digits and more are also found inside longer figures that start alike (a tariff
    heading inside its subheading), phone numbers behind any country prefix.
    """
    wanted = _as_figure(value)
    if wanted is None:
        return has_words(value, said.words, whole=True)
    if any(supports(found, wanted) for found in said.figures):
        return True
    digits = re.sub(r"\D", "", value)
    if wanted.kind not in {"number", "phone", "code"} or len(digits) < _CODE_DIGITS:
        return False
    start = "" if wanted.kind == "phone" else r"(?<!\d)"
    run = r"[ .\-/()]?".join(wanted.value[1:] if wanted.kind == "phone" else digits)
    return re.search(rf"{start}{run}(?!\d)", fold(said.text)) is not None


def has_words(form: str, words: str, *, whole: bool) -> bool:
    """Whether the folded `words` hold a form; `whole` asks for its last word to end there."""
    return _pattern(form, whole).search(words) is not None


def _form_occurs(form: str, fact: Fact, said: Reading) -> bool:
    wanted = _as_figure(form)
    if wanted is None:
        is_short = len(_words(form).rsplit(" ", 1)[-1]) < _STEM_LETTERS
        return has_words(form, said.words, whole=is_short or fact.type in _WHOLE_TYPES)
    units = fact.near if wanted.kind == "number" else ()
    return any(
        _is_same(found, wanted, fact) and (not units or _is_near(units, found, said.text))
        for found in said.figures
    )


def _is_same(found: Figure, wanted: Figure, fact: Fact) -> bool:
    if fact.type == "code":
        return _compact(found.value) == _compact(wanted.value)
    return supports(found, wanted)


def _is_near(units: tuple[str, ...], figure: Figure, text: str) -> bool:
    around = text[figure.start : figure.end] if figure.unit else _around(figure, text)
    words = _words(around)
    return any(has_words(unit, words, whole=False) for unit in units)


def _around(figure: Figure, text: str) -> str:
    """The words that lie within NEAR characters; one that is cut on the left is left out."""
    begin = max(0, figure.start - NEAR)
    before = text[begin : figure.start]
    if begin and not text[begin - 1].isspace():
        before = re.sub(r"^\S*", "", before)
    return before + text[figure.start : figure.end + NEAR]


def _as_figure(form: str) -> Figure | None:
    """The figure that a form is, if it is one and nothing else."""
    figures = find_figures(form)
    if len(figures) == 1 and form[figures[0].start : figures[0].end] == form.strip():
        return figures[0]
    return None


def _compact(code: str) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", code).upper()


def _words(text: str) -> str:
    return " ".join(_WORD.findall(fold(text)))


@lru_cache(maxsize=4096)
def _pattern(form: str, whole: bool) -> re.Pattern[str]:  # noqa: FBT001  (cached by position)
    words = _words(form)
    prefix = ""
    if _ARABIC.match(words):
        prefix = _PROCLITICS
        if form.startswith("ال") and len(words.split()[0]) > _STEM_LETTERS:
            words = words.removeprefix("ال")
    inner = "(?:s|x|ا)? ".join(re.escape(word) for word in words.split())
    end = r"(?![^\W_])" if whole else ""
    return re.compile(rf"(?<![^\W\d_]){prefix}{inner}{end}")

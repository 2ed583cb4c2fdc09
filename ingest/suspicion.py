"""Suspicion: what an honest document does not do. One that does it waits for a person to read it.

A text may state what is false in perfect style, and no rule here will see it: against that stands
provenance. But a text that gives orders to whatever reads it, or disguises its words, gives itself
away. It is held back whole: who wrote one such line wrote the rest too. What is merely hidden, and
can be told from the rest, is another matter: `ingest/unseen.py`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from ingest.fold import fold, strip_controls

Reason = Literal[
    "order", "hidden-characters", "hidden-markup", "mostly-hidden", "active-markup",
    "mixed-scripts", "bait",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Suspicion:
    """One line (from 1) that gives a text away, and how."""

    line: int
    text: str
    reason: Reason


def suspicions(text: str) -> tuple[Suspicion, ...]:
    """All that is suspicious in a text as it was decoded, hidden characters and markup included.

    Time is linear in the length of the text.
    """
    return tuple(_suspicions(text))


def seen_suspicions(text: str) -> tuple[Suspicion, ...]:
    """All that is suspicious in words as a page shows them: markup among them hides nothing."""
    return tuple(one for one in _suspicions(text) if one.reason not in _MARKUP)


_MARKUP: tuple[Reason, ...] = ("hidden-markup", "active-markup")


def _suspicions(text: str) -> Iterator[Suspicion]:
    for number, line in enumerate(text.split("\n"), 1):
        reason = next((reason for reason, finds in _CHECKS if finds(line)), None)
        if reason:
            yield Suspicion(number, " ".join(strip_controls(line).split())[:_SHOWN], reason)


_SHOWN = 120

# Orders: to forget rules, to a machine that is addressed, to answer one way whatever is asked.

_NOT = r"(?<!n')(?<!pas )(?<!not )(?<!don't )(?<!never )"
_FORGET = (
    rf"(?:{_NOT}(?:ignor\w*|oubli\w*|forget|disregard\w*|override|bypass)(?! pas)"
    r"|ne ten\w+ (?:pas|plus) compte"
    r"|(?<!\w)(?:و?[يتن]?تجاهل\w*|انسوا?|انس|[يت]نسي|[يت]نسوا)(?!\w))"
)
_RULES = (
    r"(?:(?:previous|prior|earlier|above|your|its|their)\s+(?:\w+\s+){0,2}"
    r"(?:instruction|rule|guideline|prompt|directive)s?"
    r"|all\s+(?:of\s+)?(?:the\s+)?instructions"
    r"|(?:tes|vos|ses|leurs)\s+(?:\w+\s+){0,2}(?:instruction|consigne|regle|directive)s?"
    r"|(?:instruction|consigne|regle|directive)s?\s+(?:precedente|anterieure|ci-dessus)s?"
    r"|(?:ال)?(?:تعليمات|قواعد|اوامر|توجيهات)(?:ك|كم|ه|ها|\s+السابقه)(?!\w))"
)
_MACHINE = (
    r"(?:(?:(?:ai|ia|virtual|virtuels?)\s+)?assistants?(?:\s+(?:ai|ia|virtuels?))?|chat-?bots?"
    r"|sanad|language models?|llms?|(?:any|all|every|toute|toutes|cette|chaque)\s+(?:ai|ia)s?"
    r"|intelligences? artificielles?|modeles? de lang(?:ue|age)"
    r"|[وفل]?(?:ال)?(?:مساعد|(?:نماذج|نموذج) (?:ال)?لغ\w+|ذكاء (?:ال)?اصطناعي))"
)
_MUST = r"(?:must|should|shall|has to|have to|dois|doit|doivent|devez|devrai\w+|عليك|عليكم|يجب)"
_SPEAK = (
    r"(?:answer|reply|respond|say|state|write|show|cite|forget|ignore|obey|repondre|dire|affirmer"
    r"|ecrire|montrer|citer|oublier|ignorer|obeir|[يت]?(?:جيب|نسي|كتب|قول|عرض|ذكر|تجاهل)و?ا?)"
)
_DO = (
    r"(?:always|never|only|please|do not|don't|reply|answer|say|state|write|show|cite|forget|ignore"
    r"|toujours|jamais|ne|reponds|repondez|dis|dites|ecris|ecrivez|affirme\w*|citez?|montrez?"
    r"|oublie\w*|دايما|ابدا|اجب|اجيبوا|قل|قولوا|اكتب|اكتبوا|لا|تجاهل\w*|انس|اعرض)"
)
_TOLD = r"(?<!they )(?<!we )(?<!which )(?<!that )(?<!who )"
"""What others say is told, and ordered to nobody."""
_EVER = r"(?:always|toujours|only|uniquement|seulement)"
_ALWAYS = (
    rf"{_EVER}\s+(?:answer|reply|respond|say|repondre|reponds|repondez|dire|dis)"
    rf"|{_TOLD}(?:answer|reply|respond|say|reponds|repondez|repondre|dis|dites)\s+{_EVER}"
    r"|(?:اجب|اجيبوا|تجيب|قل|قولوا)\s+(?:دايما|فقط)|(?:دايما|فقط)\s+(?:اجب|قل)"
    r"|system prompt|prompt systeme"
)
_ORDER = re.compile(
    rf"{_FORGET}[^.!?\n]{{0,60}}?{_RULES}"
    rf"|(?<!\w){_MACHINE}\s*[:,;]\s*(?:\w+\s+){{0,3}}?(?<!\w){_DO}(?!\w)"
    rf"|(?<!\w){_MACHINE}(?!\w)(?:[\s,:]+[^\s.!?]+){{0,5}}?[\s,:]+{_MUST}\s"
    rf"(?:[^\s.!?]+\s+){{0,3}}?{_SPEAK}(?!\w)"
    rf"|(?<!\w)علي كل {_MACHINE}(?!\w)"
    rf"|(?<!\w)(?:{_ALWAYS})(?!\w)"
)


def _orders(line: str) -> bool:
    return any(_ORDER.search(part) for part in _STOP.split(_folded(line)) if len(part) < _LONGEST)


@lru_cache(maxsize=1)
def _folded(line: str) -> str:
    """Folding is most of the work, and two checks in a row want the same line."""
    return fold(line)


_STOP = re.compile(r"(?<=[.!?])\s")
_LONGEST = 2_000


# What a person does not see.

HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|em|rem|%)?\s*(?:[;\"']|$)"
    r"|opacity\s*:\s*0(?:\.0+)?\s*(?:[;\"']|$)|(?:left|top|text-indent)\s*:\s*-\d{3,}"
    r"|<[^<>]{0,300}\s(?:hidden|aria-hidden=.?true)[\s>/]",
    re.IGNORECASE,
)
"""A style or an attribute by which an element is not shown."""
_WHITE = re.compile(
    r"(?<!-)color\s*:\s*(?:white|#fff(?:fff)?|transparent|rgba\([^)]*,\s*0\))", re.IGNORECASE
)
_ACTIVE = re.compile(
    r"<\s*(?:script|iframe|object|embed|form|svg|img|link|meta|base)\b", re.IGNORECASE
)
_OVERRIDES = frozenset("\u202a\u202b\u202d\u202e")
_FEW = 3
_MARKER = 2
_ZERO_WIDTH = frozenset("\u200b\u2060\u2061\u2062\u2063\u2064\ufeff\u180e")


def _hides_characters(line: str) -> bool:
    """Tags and direction overrides never, zero-width characters not inside word after word."""
    if any("\U000e0000" <= character <= "\U000e007f" for character in line):
        return True
    if not _OVERRIDES.isdisjoint(line):
        return True
    body = line.strip("\ufeff")
    return sum(character in _ZERO_WIDTH for character in body) > _FEW


def _hides_markup(line: str) -> bool:
    """Styles that nobody sees, and comments that say something; a mere marker does not."""
    _, opened, comment = line.partition("<!--")
    words, closed, _ = comment.partition("-->")
    if opened and (not closed or len(words.split()) > _MARKER):
        return True
    return bool(HIDDEN_STYLE.search(line) or _WHITE.search(line))


def _is_active(line: str) -> bool:
    return bool(_ACTIVE.search(line)) or "javascript:" in line.casefold()


# Words that are not what they look like.

_WORD = re.compile(r"[^\W\d_]{2,}")
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)
_DOUBLES = re.compile("[авекмнорстухіјѕһԁԛԝοανικρυχ]", re.IGNORECASE)


def _mixes_scripts(line: str) -> bool:
    """Whether one word holds Latin letters and Cyrillic or Greek ones that look like Latin."""
    if line.isascii():
        return False
    return any(_LATIN.search(word) and _DOUBLES.search(word) for word in _WORD.findall(line))


# A request to pay into an account that the text itself names, or on a page outside gov.ma, which
# only the state registers.

_PAY = re.compile(
    r"(?<!\w)(?:pay|paid|wire|deposit|transfer|payez|payer|versez|virez|reglez|ادوا?|ادفعوا?|تودي|يودي"
    r"|حولوا?|خلص\w*)(?!\w)"
)
_ACCOUNT = re.compile(
    r"https?://(?!(?:[\w-]+\.)*gov\.ma(?![\w.-]*\w))|(?<!\w)(?:rib|iban)(?!\w)|(?:\d[\s.-]?){14,}"
)


def _baits(line: str) -> bool:
    folded = _folded(line)
    return bool(_PAY.search(folded) and _ACCOUNT.search(folded))


_CHECKS: tuple[tuple[Reason, Callable[[str], bool]], ...] = (
    ("hidden-characters", _hides_characters),
    ("hidden-markup", _hides_markup),
    ("active-markup", _is_active),
    ("order", _orders),
    ("mixed-scripts", _mixes_scripts),
    ("bait", _baits),
)

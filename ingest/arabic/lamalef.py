"""Lam-alef written backwards: the ligature `لا` that a PDF gave away as alef, then lam.

A PDF draws the ligature as one glyph, and many extractors emit its two letters in the order in
which an eye that reads from the left meets them: `الأول` becomes `األول`. In such a text every
lam-alef is turned, so that none is left, and each `ال` is either a healthy pair or a turned one.
Some are known by their letters, for no Arabic word holds two alefs in a row; the others by how
common the two words are, or by their neighbours. What none of these tells stays as it is and is
counted as a doubt.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations

from ingest.arabic.cues import reading
from ingest.arabic.lexicon import UNKNOWN, commonness, is_counted

_ALEFS = "اأإآ"
_TURNED = re.compile(f"[{_ALEFS}]ل")
_LAM_ALEF = re.compile(f"ل([{_ALEFS}])")


@dataclass(frozen=True, slots=True)
class Fault:
    """What a text suffers from: all of its lam-alefs are turned (`is_whole`), or some.

    `loses_alefs` tells that the text may write two alefs in a row as one, so that `الستعمال` may
    stand for `الاستعمال` as well as for `لاستعمال`.
    """

    is_whole: bool
    loses_alefs: bool


@dataclass(frozen=True, slots=True)
class Restored:
    """What became of one word; `is_sure` is False for one that could be either and was kept."""

    word: str
    is_sure: bool = True


def broken(text: str) -> str:
    """A text as the fault leaves it: each lam-alef turned."""
    return _LAM_ALEF.sub(r"\1ل", text)


def find_fault(words: Iterable[str]) -> Fault | None:
    """What the Arabic words of a text tell about it; None when it is healthy.

    Signs are what no healthy word has; against them stand the words with a lam-alef as it should
    be. A text with neither is judged by words that are none until they are turned back.
    """
    signs = healthy = 0
    doubles = False
    seen: set[str] = set()
    for word in words:
        if "ل" not in word:
            continue
        is_sign = _SIGN.fullmatch(word) is not None
        signs += is_sign
        healthy += _HEALTHY.search(word) is not None and not is_sign
        doubles = doubles or _DOUBLE.search(word) is not None
        if healthy == 0 and len(seen) < _JUDGED and _TURNED.search(word):
            seen.add(word)
    if healthy == 0 and (signs or any(_is_telling(word) for word in seen)):
        return Fault(is_whole=True, loses_alefs=not doubles)
    return Fault(is_whole=False, loses_alefs=not doubles) if signs > healthy else None


def fault_of_line(words: Iterable[str], fault: Fault) -> Fault | None:
    """What one line of a faulty text suffers from: None when it shows a lam-alef as it should be.

    A page sets its headings in another font than its text, so that one may be turned and the other
    not; a line without any sign of its own goes with its text.
    """
    line = list(words)
    is_turned = any(_SIGN.fullmatch(word) for word in line)
    is_healthy = any(_HEALTHY.search(word) and not _SIGN.fullmatch(word) for word in line)
    if is_healthy:
        return replace(fault, is_whole=False) if is_turned else None
    return replace(fault, is_whole=fault.is_whole or is_turned)


_SIGN = re.compile(
    f"[وفبكل]*ا[{_ALEFS}]ل.*"  # الأ…
    "|[وف]?إ?ال"  # لا, إلا
    "|[وفبتل]?هللا"  # الله
)
_HEALTHY = re.compile(f"ل[{_ALEFS}](?!ل)")
_DOUBLE = re.compile("^[وفبك]*اال")
_JUDGED = 2_000


def _is_telling(word: str) -> bool:
    """Whether a word is rare or none as it stands, and a common one when turned back."""
    turned = (it for it in _candidates(word, is_whole=True) if it != word)
    return any(_score(it) - commonness(word) > _TELLING for it in turned)


_TELLING = 2.0


def may_be_turned(word: str) -> bool:
    """Whether a word holds letters that the fault makes; all others are as they were."""
    return "ل" in word and (_TURNED.search(word) is not None or _GOD.fullmatch(word) is not None)


def restore(word: str, previous: str, following: str, fault: Fault) -> Restored:
    """A word of a text with the fault as it was before, judged between its neighbours."""
    god = _GOD.fullmatch(word)
    if god:
        return Restored(f"{god[1]}الله" if god[1] != "ل" else "لله")
    if not _TURNED.search(word):
        return Restored(word)
    if word == "ال":
        return _restored_no(following)
    return _decided(word, reading(word, previous, following), fault)


_GOD = re.compile(r"([وفبتل]?)هللا")


def _restored_no(following: str) -> Restored:
    """`ال` by itself is `لا` before what can be denied, else maybe an article torn off."""
    if _DENIED.fullmatch(following):
        return Restored("لا")
    return Restored("ال", is_sure=False)


_DENIED = re.compile(
    r"[يتن].+|أ[^ل].+|[بلف]\w+|سيما|رجعة|صلة|وجود|زال\w*|شيء|غير|داعي|بد|قيام|رجوع|حاجة|حق|سبيل"
    r"|مانع|جدال|شك|سلطة|مجال|محل|محالة|من|على|عن|مع|إلى|هو|هي|هم|حتى|كل|أثر|اثر|مفعول|بعد|غبار"
    r"|وكذلك|اتبعت|ال.+|حسب|ما|استمارة|ضريبة|علاقة|عالقة|لزوم|ضرورة|فرق|استثناء"
)


@lru_cache(maxsize=100_000)
def _decided(word: str, cue: str, fault: Fault) -> Restored:
    candidates = _candidates(word, is_whole=fault.is_whole)
    scored = sorted(((_score(it) + _bonus(it, cue), it) for it in candidates), reverse=True)
    best, chosen = scored[0] if scored else (UNKNOWN, word)
    if best <= UNKNOWN + _FAINT:
        return _parted(word, fault) or _unknown(word, candidates)
    if len(scored) > 1 and best - scored[1][0] < _margin(scored[1][0], fault):
        return Restored(word, is_sure=False)
    if chosen != word and fault.loses_alefs and _may_lack_an_alef(chosen):
        return Restored(word, is_sure=False)
    return Restored(chosen)


_FAINT = 0.1


def _margin(second: float, fault: Fault) -> float:
    """How much more common than the next a word must be: less than that if nobody wrote the next.

    Where some lam-alefs are as they should be, the fault says less, and the words must say more.
    """
    margin = _MARGIN if second > UNKNOWN else _MARGIN / 2
    return margin if fault.is_whole else 2 * margin


_MARGIN = 0.7


def _parted(word: str, fault: Fault) -> Restored | None:
    """Two words that lost the space before the article of the second, restored one by one."""
    for joint in _JOINT.finditer(word, _SHORTEST):
        left, right = (_decided(it, "", fault) for it in (word[: joint.start()], joint[1]))
        if min(commonness(left.word), commonness(right.word)) > _PLAIN:
            return Restored(left.word + right.word, is_sure=left.is_sure and right.is_sure)
    return None


_JOINT = re.compile(f"(?=(ا[{_ALEFS}]?ل.{{3,}}))")
_SHORTEST = 2
_PLAIN = -7.6


def _unknown(word: str, candidates: Sequence[str]) -> Restored:
    """A word that nobody counted is known by its letters, when they leave one way to read it."""
    if not candidates:
        return Restored(word, is_sure=commonness(word) > UNKNOWN + _FAINT)
    if len(candidates) == 1 and commonness(word) <= UNKNOWN + _FAINT:
        return Restored(candidates[0])
    return Restored(word, is_sure=word in candidates and not _LATER.search(word))


_LATER = re.compile(f"(?<=..)[{_ALEFS}]ل(?!$)")


def _may_lack_an_alef(word: str) -> bool:
    """Whether a restored word could be another that lost one of two alefs in a row."""
    if word.endswith("لات"):
        return commonness(f"{word[:-3]}الات") > commonness(word) - _MARGIN
    return _TO_A_VERBAL_NOUN.match(word) is not None


_TO_A_VERBAL_NOUN = re.compile("[وف]?ب?لا(?:ست|ن|.ت|ز[دا]|ض[طم]|طل).{2,}(?<!ي)(?<!ية)$")


def _candidates(word: str, *, is_whole: bool) -> tuple[str, ...]:
    """The words that the fault makes into this one, but for those that nobody writes.

    In a text where only some lam-alefs are turned, others may stand in the word.
    """
    places = [match.start() for match in _TURNED.finditer(word)][:_MOST]
    turned = (
        _turned_at(word, chosen)
        for count in range(len(places) + 1)
        for chosen in combinations(places, count)
    )
    return tuple(
        it for it in turned if not _UNWRITTEN.search(it) and (not is_whole or broken(it) == word)
    )


_MOST = 4
_UNWRITTEN = re.compile(
    "[اأإآ][اأإ]|[اأإ]آ"  # two alefs
    "|^[وف]?لال[^ت]"  # the preposition before an article, which is written لل
    "|لا(?:ين|ون)$"
    "|^[وف]?[بك]لا(?:ست(?!يك)|ن...|.ت..)"
    "|^لا(?:.|(?!زم|حق|حظ|ئق|سم)..)$"  # torn pieces of words
)


def _turned_at(word: str, places: Sequence[int]) -> str:
    letters = list(word)
    for place in places:
        letters[place], letters[place + 1] = letters[place + 1], letters[place]
    return "".join(letters)


def _score(word: str) -> float:
    """How common a candidate is, less what speaks against it as a word of its own.

    Writers glue `لا` and `بلا` to the word that they deny, so that a count of `لاذكر` says nothing
    of words; and `-لا`, of the dual, and `-لاة` are rare where nouns in `-ال` and `-الة` are not.
    """
    score = commonness(word)
    denied = _LEADING_NO.fullmatch(word)
    if denied and (commonness(denied[1]) >= score or not _may_lead(word)):
        score -= _GLUED_COST
    if len(word) > 5 and _RARE_ENDING.search(word):
        score -= _RARE_COST
    return score


def _may_lead(word: str) -> bool:
    """Whether a word in `لا` is one, or `ل` before a verbal noun whose alef is bare."""
    return is_counted(word) or _TO_A_VERBAL_NOUN.match(word) is not None


_LEADING_NO = re.compile(r"[وف]?ب?لا(.{2,})")
_GLUED_COST = 2.0
_RARE_ENDING = re.compile("^[وفبكل]*(?:ال)?(?:[اأإ]|ست).*لا$|لاة$")
_RARE_COST = 1.0
_CUE_BONUS = 6.0


def _bonus(candidate: str, piece: str) -> float:
    return _CUE_BONUS if piece and piece in candidate else 0.0

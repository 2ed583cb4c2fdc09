"""Lexicon: how common an Arabic word is, as a reader who knows its clitics would judge it.

The counts are those of the package `wordfreq` (Arabic of encyclopedias, news, subtitles, books and
the web). What the texts of this field say far more often than the world does stands in `_FIELD`.
"""

from collections.abc import Iterator
from functools import lru_cache

UNKNOWN = -9.5
"""The score of a word that was never counted: below the rarest that was (1e-8)."""


@lru_cache(maxsize=100_000)
def commonness(word: str) -> float:
    """The decimal logarithm of the share of `word` among all words, `UNKNOWN` at least.

    A word that was not counted is as common as its best reading with a clitic or an ending taken
    off, less a fixed cost for each.
    """
    return max(UNKNOWN, *(_counted(reading) - cost for reading, cost in _readings(word)))


def is_counted(word: str) -> bool:
    """Whether the word was counted as it is, nothing taken off."""
    return _counted(word) > UNKNOWN


_COST = 1.2
_ENDING_COST = 0.7
_STEM = 3
_ENDINGS = ("هما", "ها", "هم", "هن", "كم", "نا", "ات", "ين", "ون", "ان", "ه", "ك", "ي", "ا", "ة")


def _readings(word: str) -> Iterator[tuple[str, float]]:
    yield word, 0.0
    for bare in _without_proclitics(word):
        yield bare, _COST
        yield from ((stem, _COST + _ENDING_COST) for stem in _without_ending(bare))
    yield from ((stem, _COST) for stem in _without_ending(word))


def _without_proclitics(word: str) -> Iterator[str]:
    """The word without its conjunction, then its preposition, then its article."""
    for conjunction in _heads(word, "وف"):
        rest = word[len(conjunction) :]
        for preposition in _heads(rest, "بكلس"):
            bare = rest[len(preposition) :]
            for form in (bare, *_without_article(bare, preposition)):
                if form != word and len(form) >= _STEM:
                    yield form


def _heads(word: str, letters: str) -> tuple[str, ...]:
    return ("", word[0]) if word and word[0] in letters else ("",)


def _without_article(bare: str, preposition: str) -> tuple[str, ...]:
    """Without `ال`; after the preposition `ل` the article is a lone `ل`."""
    if bare.startswith("ال"):
        return (bare[2:],)
    if preposition == "ل" and bare.startswith("ل"):
        return ("ا" + bare, bare[1:])
    return ()


def _without_ending(word: str) -> Iterator[str]:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _STEM:
            yield word[: -len(ending)]
            yield word[: -len(ending)] + "ة"


def _counted(word: str) -> float:
    return _FIELD_SCORE if word in _field() else _counts().get(word, UNKNOWN)


@lru_cache(maxsize=1)
def _counts() -> dict[str, float]:
    """The counted words written in Arabic letters, each with the logarithm of its share."""
    from wordfreq import get_frequency_list  # noqa: PLC0415  (slow import)

    listed = enumerate(get_frequency_list("ar", wordlist="large"))
    return {word: -n / 100 for n, words in listed for word in words if "ء" <= word[0] <= "ي"}


@lru_cache(maxsize=1)
def _field() -> frozenset[str]:
    return frozenset(_FIELD.split())


_FIELD_SCORE = -2.5
_FIELD = """
علامة علامات العلامة العلامات صلاحية صلاحيات الصلاحية الصلاحيات صالحة صالح الصالح لصالح فلاحة
الفلاحة فلاحي فلاحية الفلاحي الفلاحية الفلاحين ملاحة الملاحة سلامة السلامة خلافا خلال أعلاه سلا
مالك المالك مالكة المالكة مالكي المالكين مالكو مالكون طالب الطالب طالبي والي الوالي سالف السالف
سالفة السالفة السالفي السالفتي مخالف المخالف طوال شوال زوال حال الحال محال المحال يحال تحال أحال
محالة المحالة خال مال المال المالي المالية الموالي الموالية موالية ثالثا الثالثة الثالث ثلاثين
ثلاثون الثلاثين الثلاثون ثلاثي ثلاثية لاحقا لاحقة لاحقين لازم لازمة لاغيا لاغية لاسيما ولاسيما
لاسلكي لاسلكية اللاممركزة آلية آليات آلي آجال الآجال أعمال الأعمال إعمال أفعال الأفعال أشغال
الأشغال استعمال الاستعمال استبدال استنزال إدخال ادخال إيصال اتصال انتقال انفصال الفعال الفعالة
فعالة كفالة الكفالة وكالة الوكالة حوالة الحوالة كمبيالة الكمبيالة عمالة العمالة عمالات العمالات
الهالك خالصة مخالصة المخالصة السلكية السلكي حالت حالة الحالة الحالت اللذين اللجان لجان اللجن الحق
كلاهما كليهما بالغ بالغا بالغة البالغة رجال الرجال العالم العالمي العالمية إلمام أسلاك الأسلاك
تحملات التحملات التفالس تفالس استعلام إعلاماتي إعلاماتية أصالة الأصالة اللكوس غازوال فيولوال
الفيولوال الغازوال الكازوال خرطال انسال معللا مجال المجال مثقال حبال الحبال أحمال الزمان أملاك
أموال الأموال بالنسبة رأسمال الرأسمال رساميل مقال المقال إرسال الإرسال امتثال إهمال وكالات فلاحيين
الولايات ستيلانتيس لاحظ لاحظت لاممركزة البلاغات عمالتين العمالتين
"""

"""Cues: which of two good words a turned lam-alef stands for, told by the words beside it.

`ثالثة` may be *third* or, turned, *three*; before `أشهر` it is the second. Each rule names what
shows its word, searched in the word between its neighbours as the fault left them, the piece of the
word that can be read in two ways, and how it is read there. The first rule that shows decides.
"""

import re
from functools import lru_cache


def reading(word: str, previous: str, following: str) -> str:
    """The piece that the right reading of a word holds, as its neighbours tell; empty if not."""
    rules = _rules_of(word)
    if not rules:
        return ""
    context = f" {previous} {word} {following} "
    return next((read for shows, read in rules if shows.search(context)), "")


@lru_cache(maxsize=100_000)
def _rules_of(word: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((shows, read) for shows, piece, read in _RULES if piece in word)


_RULES = tuple(
    (re.compile(shows), piece, read)
    for shows, piece, read in (
        (
            r"ثالثة (?:أشهر|أيام|سنوات|أعضاء|نظائر|أرباع|أضعاف|أجزاء|ماليين|آالف|اشهر|ايام|أسابيع)",
            "ثالثة",
            "ثلاثة",
        ),
        (
            r"(?:أشهر|أيام|عضاء|نواع|رباع|صناف|شهور|شخاص|عوان|مدراء|نظائر) [وف]?ال?ثالثة ",
            "ثالثة",
            "ثلاثة",
        ),
        (r"(?:مرة|دولة|جهة|دول|بلدان|مرحلة|فئة|درجة|أطراف|سنة|مادة) ثالثة ", "ثالثة", "ثالثة"),
        (r"(?:ثاني|ثانية) و?ال?ثالثة? |أو ثالثة? أو", "ثالث", "ثالث"),
        (r"(?:ات|النسخ|الجرائد|السنين|نسخ|المرات) ال?ثالث ", "ثالث", "ثلاث"),
        (r"ال?ثالث (?:سنوات|مرات|نسخ|سنين|ساعات|فئات|دفعات|جرائد)", "ثالث", "ثلاث"),
        (r"(?:طرف|شخص|بلد|يوم|باب|فصل|بند|طرفا|مكرر|فرع|شخصا|طرفه) ثالث ", "ثالث", "ثالث"),
        (r" و?عمال ب", "عمال", "عملا"),
        (r" و?عمال ال", "عمال", "عمال"),
        (r" خالف (?:ذلك|هذا|ما|هذه) ?", "خالف", "خلاف"),
        (r" (?:من|وكل|شخص) خالف ", "خالف", "خالف"),
        (r"(?:شكل|نحو|تكنولوجي|نظام|دور|تعاون|تدبير|وجه|تنسيق|حوار) فعال ", "فعال", "فعال"),
        (r"(?:تاريخ|وقت|أجل|تظهير|قرار|نص|طلب|إيداع|موعد|تسجيل|إشعار) الحق ", "الحق", "لاحق"),
        (r"(?:تغيير|استيراد|مالية|قانون) الحق ", "الحق", "لاحق"),
        (r" ثالث (?:لقاء|أكبر|أهم|مرة|بلد|مورد|زبون|شريك|سوق|دولة|اجتماع|دورة)", "ثالث", "ثالث"),
        (r"ات الثالثة (?!و)", "ثالثة", "ثلاثة"),
        (r" البالغ (?:عدد|قيم|مجموع|ثمن|قدر|مبلغ|سن|عمر|رأسمال)", "بالغ", "بالغ"),
        (r" ال?بالغ (?:المتعلق|الصحفي|المشترك|الصادر|الحكومي|مشترك|صحفي)", "بالغ", "بلاغ"),
        (r" خاليا من", "خاليا", "خاليا"),
        (r" خاليا ال", "خاليا", "خلايا"),
        (r" صالح الدين", "صالح", "صلاح"),
        (r" السم (?:تاجر|صاحب|شخص|محتمل|ال)", "السم", "لاسم"),
        (r" خالصة ال", "خالصة", "خلاصة"),
        (r"اتفاقية بال ", "بال", "بال"),
        (r"وشيك الهالك ", "هالك", "هلاك"),
    )
)

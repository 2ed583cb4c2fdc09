"""Which documents are copies of each other, and which only look like it."""

import re
import textwrap
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.document import Document, Law, Source, Statement
from ingest.twins import Signature, find_twins, signature

FRENCH = """Les exportateurs de tapis noués à la main déposent leur demande auprès de la délégation
de l'artisanat de leur région, au moins 15 jours avant l'embarquement. La délégation examine la
demande et appose son estampille sur chaque pièce qui répond à la norme NM 12.4.001. Le dossier
comprend :

- la facture pro forma en deux exemplaires ;
- la liste de colisage signée par l'exportateur.

L'estampille reste valable 6 mois. Passé ce délai, l'exportateur dépose une nouvelle demande."""
ARABIC = """يودع مصدرو الزرابي المعقودة يدويا طلبهم لدى مندوبية الصناعة التقليدية التابعة لجهتهم،
وذلك قبل 15 يوما على الأقل من تاريخ الشحن. تدرس المندوبية الطلب وتضع طابعها على كل قطعة تستجيب
للمواصفة NM 12.4.001. يتضمن الملف ما يلي:

- الفاتورة الشكلية في نسختين؛
- لائحة الطرود موقعة من طرف المصدر.

يظل الطابع صالحا لمدة 6 أشهر. وبعد انصرام هذا الأجل يودع المصدر طلبا جديدا."""
TEXTS = {"fr": FRENCH, "ar": ARABIC}
TITLES = {"fr": "L'estampille du tapis", "ar": "طابع الزربية"}
languages = pytest.mark.parametrize("language", ["fr", "ar"])


def text(name: str, language: str, body: str | None = None, title: str | None = None) -> Document:
    return Document(
        id=name,
        family=name,
        language=language,
        title=title or TITLES[language],
        text=body or TEXTS[language],
    )


def twins(*documents: Document) -> dict[str, str]:
    by_id = {one.id: one for one in documents}
    return find_twins(map(signature, documents), by_id.__getitem__)


def rewrapped(body: str, width: int) -> str:
    blocks = body.split("\n\n")
    wrapped = (
        block if block.startswith("-") else textwrap.fill(" ".join(block.split()), width)
        for block in blocks
    )
    return "\n\n".join(wrapped)


@languages
@pytest.mark.parametrize("width", [50, 70, 200])
def test_a_copy_with_other_lines_and_marks(language: str, width: int) -> None:
    body = rewrapped(TEXTS[language], width).replace("'", "’").replace("-", "•").upper()
    assert twins(text("a", language), text("b", language, body)) == {"b": "a"}


MASTHEADS = {
    "fr": ["Gazette du port", "Publié le 12 juin 2025 à 14:30", "Par la rédaction"],
    "ar": ["جريدة الميناء", "نشر في 12 يونيو 2025", "هيئة التحرير"],
}


@languages
def test_press_copies_with_furniture_of_their_own(language: str) -> None:
    head = "\n\n".join(MASTHEADS[language])
    other = f"Le Courrier\n\nMis à jour le 14/06/2025\n\n{TEXTS[language]}"
    pages = [f"{head}\n\n{TEXTS[language]}", other, f"{TEXTS[language]}\n\nFin"]
    assert twins(
        *(text(name, language, page) for name, page in zip("abc", pages, strict=True))
    ) == {
        "b": "a",
        "c": "a",
    }


@pytest.mark.parametrize(
    ("language", "byline"),
    [
        ("fr", "Par Salma Alami"),
        ("fr", "Rabat - MAP"),
        ("ar", "بقلم: سلمى العلمي"),
        ("ar", "و.م.ع"),
    ],
)
def test_who_put_a_copy_online_stands_below_its_title(language: str, byline: str) -> None:
    pages = [f"{TITLES[language]}\n\n{part}{TEXTS[language]}" for part in ("", f"{byline}\n\n")]
    assert twins(text("a", language, pages[0]), text("b", language, pages[1])) == {"b": "a"}
    subject = pages[1].replace(
        byline, {"fr": "Tapis de Tazenakht", "ar": "زربية تازناخت"}[language]
    )
    assert twins(text("a", language, pages[0]), text("b", language, subject)) == {}


CHANGES = {
    "fr": [
        ("15 jours", "10 jours"),
        ("12.4.001", "12.4.010"),
        ("reste valable", "ne reste pas valable"),
        ("au moins", "au plus"),
        ("une nouvelle demande.", "un recours."),
        ("tapis noués", "tapis tissés"),
        ("\n- la facture pro forma en deux exemplaires ;", ""),
        ("L'estampille reste valable 6 mois. ", ""),
    ],
    "ar": [
        ("15 يوما", "10 أيام"),
        ("12.4.001", "12.4.010"),
        ("يظل الطابع", "لا يظل الطابع"),
        ("على الأقل", "على الأكثر"),
        ("طلبا جديدا.", "طعنا."),
        ("المعقودة", "المنسوجة"),
        ("\n- الفاتورة الشكلية في نسختين؛", ""),
        ("يظل الطابع صالحا لمدة 6 أشهر. ", ""),
    ],
}


@pytest.mark.parametrize(
    ("language", "old", "new"),
    [(language, *change) for language, changes in CHANGES.items() for change in changes],
)
def test_one_change_makes_another_text(language: str, old: str, new: str) -> None:
    assert old in TEXTS[language]
    altered = TEXTS[language].replace(old, new)
    assert twins(text("a", language), text("b", language, altered)) == {}


@languages
def test_a_verdict_put_for_another_is_no_furniture(language: str) -> None:
    yes, no = {"fr": ("Autorisé.", "Refusé."), "ar": ("مقبول.", "مرفوض.")}[language]
    pages = [f"{TEXTS[language]}\n\n{verdict}" for verdict in (yes, no)]
    assert twins(text("a", language, pages[0]), text("b", language, pages[1])) == {}


@languages
def test_one_form_with_two_subjects(language: str) -> None:
    titles = {"fr": ("Miel", "Viande rouge"), "ar": ("العسل", "اللحوم الحمراء")}[language]
    forms = [text(name, language, title=title) for name, title in zip("ab", titles, strict=True)]
    assert twins(*forms) == {}


def test_a_file_name_for_a_title() -> None:
    named = text("b", "fr", f"{TITLES['fr']}\n\n{FRENCH}", title="Document1")
    assert twins(text("a", "fr"), named) == {"b": "a"}


def test_a_translation_is_no_copy() -> None:
    both = (text("a", "fr"), text("b", "ar", title=TITLES["fr"]))
    assert twins(*both, replace(both[0], id="c", language="en")) == {}


def law(name: str, number: str | None, article: str | None, part_of: str | None) -> Document:
    """Boilerplate, as the last article of many decrees has it."""
    return replace(text(name, "ar"), law=Law(number=number, article=article, part_of=part_of))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("91-14", "3", "x"), ("91-14", "3", "y"), True),
        (("91-14", "3", "x"), ("91-14", "4", "x"), False),
        (("91-14", "3", "x"), ("15-09", "3", "y"), False),
        ((None, "3", "x"), (None, "3", "y"), False),
        ((None, "3", "x"), (None, "3", "x"), True),
    ],
)
def test_articles_are_told_apart_by_their_law(
    one: tuple[str | None, ...], other: tuple[str | None, ...], same: bool
) -> None:
    assert bool(twins(law("a", *one), law("b", *other))) is same


def test_a_short_text_is_a_copy_only_as_an_article() -> None:
    short = "ينسخ هذا القانون القانون رقم 13.89 المتعلق بالتجارة الخارجية."
    assert twins(text("a", "ar", short), text("b", "ar", short)) == {}
    known = Law(number="91-14", article="44")
    articles = [replace(text(name, "ar", short), law=known) for name in "ab"]
    assert twins(*articles) == {"b": "a"}
    repealed = replace(articles[1], law=replace(known, is_repealed=True))
    assert twins(articles[0], repealed) == {}


def source(tier: str, date: str | None = "2025-06", url: str | None = "https://a.ma") -> Source:
    return Source("s", "x", "y", url=url, date=date, tier=tier)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sources", "cited"),
    [
        ([source("copy"), source("press"), source("official")], 2),
        ([None, source("other", None), source("other")], 2),
        ([source("press", None), source("press", url=None), source("press")], 2),
        ([None, None, None], 0),
    ],
)
def test_the_one_to_cite(sources: Sequence[Source | None], cited: int) -> None:
    copies = [
        replace(text(name, "fr"), source=one) for name, one in zip("abc", sources, strict=True)
    ]
    expected = {one.id: "abc"[cited] for one in copies if one.id != "abc"[cited]}
    assert twins(*copies) == expected
    assert twins(*reversed(copies)) == expected


def test_editions_for_other_days_are_no_copies() -> None:
    assert twins(text("a", "fr"), replace(text("b", "fr"), valid_from="2026-01-01")) == {}


def test_sheets_are_left_alone() -> None:
    sheet = replace(text("a", "fr"), statements=(Statement("s", 0, 10, ()),))
    assert signature(sheet) is None
    assert Signature.read(Signature.written(sheet)) is None


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_signature_that_was_written_is_the_same_when_read(language: str) -> None:
    one = text("a", language)
    assert Signature.read(Signature.written(one)) == signature(one)


FIGURES = [match.span() for match in re.finditer(r"\d", FRENCH)]


@given(st.sampled_from(FIGURES), st.sampled_from("0123456789"))
def test_no_digit_may_differ(span: tuple[int, int], digit: str) -> None:
    altered = FRENCH[: span[0]] + digit + FRENCH[span[1] :]
    assert bool(twins(text("a", "fr"), text("b", "fr", altered))) is (altered == FRENCH)

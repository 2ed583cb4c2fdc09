"""The repair of Arabic: sentences of our own, broken the way extractors break them."""

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.arabic.lamalef import broken
from ingest.arabic.repair import repair

ROOT = Path(__file__).resolve().parents[2]
SHEETS = sorted((ROOT / "corpus" / "sheets").glob("*/*.md"))
ARABIC = [path.read_text("utf-8").split("\n---\n", 1)[1] for path in SHEETS if ".ar." in path.name]
LINES = [line for text in ARABIC for line in text.split("\n") if line]


def restored(text: str) -> str:
    """What comes back of a healthy text after the fault."""
    return repair(broken(text)).text


# Lam-alef


@pytest.mark.parametrize(
    "healthy",
    [
        "لا يمكن للمستورد أن يؤدي الرسوم إلا بعد الاطلاع على الإعلان.",
        "تودع الطلبات الأولى خلال ثلاثة أشهر لأجل الاستيراد.",
        "للإدارة أن تستعين بخبراء، ولا يلزمها رأي اللجنة.",
        "يحمل الغلاف العلامة التجارية للمقاولات الفلاحية.",
        "أولا، تعرض الأثمان كاملة على الأعوان بالإضافة إلى البيان.",
        "يوقع الإعلان عبد الله باسم الولايات المتحدة.",
        "تسري الاتفاقية ابتداء من اليوم الثلاثين لانصرام الأجل، والآجال الأخرى باقية.",
        "تطلب الشركة استعمال أعمالها للأغراض اللازمة، وإلا سقط الحق.",
    ],
)
def test_turned_sentences_come_back_as_they_were(healthy: str) -> None:
    assert broken(healthy) != healthy
    assert restored(healthy) == healthy


@pytest.mark.parametrize(
    ("faulty", "healthy"),
    [
        ("في المادة الثالثة من األمر", "في المادة الثالثة من الأمر"),
        ("داخل ثالثة أشهر من اإلعالن", "داخل ثلاثة أشهر من الإعلان"),
        ("إلى بلد ثالث غير األطراف", "إلى بلد ثالث غير الأطراف"),
        ("مدة ثالث سنوات في اإلدارة", "مدة ثلاث سنوات في الإدارة"),
        ("عمال بأحكام األمر", "عملا بأحكام الأمر"),
        ("حقوق عمال المصنع واإلدارة", "حقوق عمال المصنع والإدارة"),
        ("ما لم يثبت خالف ذلك في األجل", "ما لم يثبت خلاف ذلك في الأجل"),
        ("كل من خالف أحكام األمر", "كل من خالف أحكام الأمر"),
        ("حدد في تاريخ الحق لإلعالن", "حدد في تاريخ لاحق للإعلان"),
        ("له الحق في االستئناف", "له الحق في الاستئناف"),
        ("بموجب اتفاقية بال واألنظمة", "بموجب اتفاقية بال والأنظمة"),
        ("الرجوع بال مصاريف إال باإلذن", "الرجوع بلا مصاريف إلا بالإذن"),
    ],
)
def test_words_that_could_be_either_are_told_by_their_neighbours(faulty: str, healthy: str) -> None:
    assert repair(faulty).text == healthy


def test_a_word_that_nothing_tells_stays_and_is_counted() -> None:
    found = repair("هذا ال حجر من األحجار")

    assert found.text == "هذا ال حجر من الأحجار"
    assert [(doubt.line, doubt.word) for doubt in found.doubts] == [(1, "ال")]


def test_a_text_that_may_write_two_alefs_as_one_keeps_what_has_two_readings() -> None:
    found = repair("من أجل الستعمال المنصوص عليه أعاله")

    assert "الستعمال" in found.text
    assert [doubt.word for doubt in found.doubts] == ["الستعمال"]
    assert "لاستعمال" in repair("من أجل الستعمال المنصوص عليه في االتفاق").text


def test_neighbours_are_found_across_the_end_of_a_line() -> None:
    assert repair("اإلعالن خالل ثالثة\nأشهر").text == "الإعلان خلال ثلاثة\nأشهر"


def test_each_change_is_recorded_with_its_line() -> None:
    found = repair("العنوان\n\nطبقا لألمر أعاله")

    changes = [(one.kind, one.line, one.before, one.after) for one in found.repairs]
    assert changes == [("lam-alef", 3, "لألمر", "للأمر"), ("lam-alef", 3, "أعاله", "أعلاه")]
    assert found.counts == {"lam-alef": 2}


def test_harakat_stay_with_their_letters() -> None:
    assert repair("اإلعالنُ األوَّلُ").text == "الإعلانُ الأوَّلُ"


def test_words_that_lost_their_space_are_judged_one_by_one() -> None:
    assert repair("الجريدةالرسمية واالستثماراتاألجنبية").text.startswith("الجريدةالرسمية و")


def test_healthy_headings_above_a_faulty_text_stay_and_do_not_hide_its_fault() -> None:
    heading = "# القانون المتعلق بالعلامات والاستيراد"
    assert repair(f"{heading}\n\nيودع اإلعالن.").text == f"{heading}\n\nيودع الإعلان."


def test_faulty_headings_are_repaired_with_their_text() -> None:
    found = repair("## الباب األول\n\nيودع اإلعالن.")

    assert found.text == "## الباب الأول\n\nيودع الإعلان."


def test_a_few_slips_in_a_healthy_text_are_left_to_its_author() -> None:
    text = "الأحكام والإجراءات والاستثناءات واردة أعلاه، عدا األخير."

    assert repair(text).text == text


def test_where_some_lam_alefs_are_turned_the_healthy_lines_stay() -> None:
    text = "الأحكام المتعلقة بالاستيراد\nاألحكام المتعلقة باالستثمار\nاإلعالن عن األسعار إال"

    lines = repair(text).text.split("\n")

    assert lines[0] == "الأحكام المتعلقة بالاستيراد"
    assert lines[1:] == ["الأحكام المتعلقة بالاستثمار", "الإعلان عن الأسعار إلا"]


# Healthy text


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_no_sheet_is_changed(path: Path) -> None:
    text = path.read_text("utf-8")
    found = repair(text)

    assert (found.text, found.repairs, found.doubts) == (text, (), ())


@given(st.sampled_from(LINES))
def test_no_line_of_a_sheet_is_changed_when_it_stands_alone(line: str) -> None:
    assert repair(line).text == line


@pytest.mark.parametrize(
    "text",
    [
        "صدرت إلى ألمانيا لألمانيا ولإلغاء الإلزام",
        "سنة 1442 هـ، ومنها الـ 20 طنا",
        "شنو كيقول الگيد ديال الديوانة",
        "فالـ facture خاصك الثمن",
        "قال المالك إن العالم والعمال في حال المال",
        "Le code des douanes, article 15.",
        "",
        "\n\n",
        "1 234",
    ],
)
def test_healthy_words_that_look_like_the_fault_stay(text: str) -> None:
    assert repair(text).text == text


# Round trip over our own sheets


def test_nearly_all_words_of_the_sheets_come_back_and_none_comes_back_wrong() -> None:
    total = wrong = back = 0
    for text in ARABIC:
        words = zip(text.split(), broken(text).split(), restored(text).split(), strict=True)
        for healthy, damaged, mended in words:
            assert mended in (healthy, damaged), (healthy, mended)
            if healthy != damaged:
                total += 1
                back += mended == healthy
            wrong += mended != healthy and healthy == damaged
    assert total > 3_000
    assert wrong == 0
    assert back / total > 0.99


@given(st.lists(st.sampled_from(LINES), min_size=5, max_size=15).map("\n".join))
def test_repairing_twice_changes_nothing_more(text: str) -> None:
    once = repair(broken(text)).text

    assert repair(once).text == once


@given(st.text(alphabet="ابةتلاأإآىيون هم.،؛:#-|0123456789ـ\nLaﻼﻻﺎﻟ\u200f", max_size=60))
def test_lines_never_move_and_twice_is_once(text: str) -> None:
    once = repair(text).text

    assert once.count("\n") == text.count("\n")


# Shapes, stretches, marks


def test_shapes_become_letters_ligatures_included() -> None:
    assert repair("ﺍﻟﻤﺎﺩﺓ ﺍﻷﻭﻟﻰ ﻻ ﺗﻄﺒﻖ").text == "المادة الأولى لا تطبق"


def test_persian_letters_that_came_as_shapes_become_arabic_and_typed_ones_stay() -> None:
    assert repair("ﺍﻟﺤﻤﺎﯾﺔ ﻋﻨﮭﺎ").text == "الحماية عنها"
    assert repair("تهران ایران").text == "تهران ایران"


def test_stretched_words_shrink() -> None:
    assert repair("الـمـــادة الأولى من الـــقـــانـــون").text == "المادة الأولى من القانون"


def test_marks_that_steer_the_display_are_dropped() -> None:
    found = repair("القانون\u200f رقم \u202a91.14\u202c")

    assert found.text == "القانون رقم 91.14"
    assert set(found.counts) == {"direction-mark"}


# Spaces and numbers on the wrong side


@pytest.mark.parametrize(
    ("faulty", "repaired"),
    [
        ("في السوق ،ثم في المعرض", "في السوق، ثم في المعرض"),
        ("القانون رقم ،12.34المتعلق بالسوق ،ثم", "القانون رقم 12.34، المتعلق بالسوق، ثم"),
        ("المادة 42أدناه ،ثم", "المادة 42 أدناه، ثم"),
        ("المواد 25و26 ،ثم المادة .37", "المواد 25 و26، ثم المادة 37."),
        ("المادتين 12و.13\nفي السوق ،ثم", "المادتين 12 و13.\nفي السوق، ثم"),
        (".4يطبق هذا\nفي السوق ،ثم", "4. يطبق هذا\nفي السوق، ثم"),
    ],
)
def test_commas_and_numbers_go_back_to_their_word(faulty: str, repaired: str) -> None:
    assert repair(faulty).text == repaired


def test_odd_spaces_of_a_text_without_displaced_commas_are_its_own() -> None:
    assert repair("المادة 42أدناه ، ثم").text == "المادة 42أدناه ، ثم"


# Mirrored text

SENTENCE = "تطبق أحكام المادة 15 من القانون رقم 91.14 على كل مستورد في المغرب، وفق Incoterms 2020."


def _mirrored(line: str) -> str:
    """A line as the eye meets it from the left: words reversed, numbers and Latin words not."""
    pieces = line.split(" ")
    return " ".join(piece if piece.isascii() else piece[::-1] for piece in reversed(pieces))


def test_mirrored_lines_are_turned_round_with_their_numbers() -> None:
    text = "تطبق أحكام المادة 15 من القانون رقم 91.14 على كل مستورد في المغرب"

    assert repair(_mirrored(text)).text == text


def test_mirrored_words_in_place_are_turned_one_by_one() -> None:
    text = "تطبق أحكام المادة 15 من هذا القانون على كل مستورد في المغرب."
    faulty = " ".join(word if word.isascii() else _turned_in_place(word) for word in text.split())

    assert faulty != text
    assert repair(faulty).text == text


def _turned_in_place(word: str) -> str:
    body = word.rstrip(".،")
    return body[::-1] + word[len(body) :]


def test_mirrored_rows_and_headings_keep_their_form() -> None:
    lines = ["# المادة الأولى", "- على كل مستورد من المغرب", "| المادة | على كل مستورد |"]
    faulty = [
        "# " + lines[0][2:][::-1],
        "- " + lines[1][2:][::-1],
        "| " + " | ".join(cell.strip()[::-1] for cell in lines[2].strip("|").split("|")) + " |",
    ]

    assert repair("\n".join(faulty)).text == "\n".join(lines)


def test_mirrored_shapes_are_turned_before_they_are_spelled_out() -> None:
    shaped = "ﺍﻟﻤﺎﺩﺓ ﺍﻷﻭﻟﻰ ﻻ ﺗﻄﺒﻖ"

    assert repair(shaped[::-1]).text == unicodedata.normalize("NFKC", shaped)


def test_brackets_of_a_mirrored_line_still_embrace_their_words() -> None:
    text = "على كل مستورد (في المغرب) من هذه المادة"

    assert repair("".join(_FLIP.get(it, it) for it in reversed(text))).text == text


_FLIP = {"(": ")", ")": "("}


# The law collection, where it lies next to the checkout


def test_most_articles_of_the_law_collection_are_repaired(
    shared_file: Callable[[str], Path],
) -> None:
    lines = shared_file("documents/moroccan_law.jsonl").read_text("utf-8").splitlines()
    records = [json.loads(line) for line in lines[::40]]
    texts = [record["text"] for record in records if record["lang"] == "ar"]
    found = [repair(text) for text in texts]
    turned = sum(one.counts.get("lam-alef", 0) for one in found)

    assert sum("lam-alef" in one.counts for one in found) > 0.9 * len(texts)
    assert sum(len(one.doubts) for one in found) < 0.03 * turned

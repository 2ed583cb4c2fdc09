"""What the texts of a collection do to each other: repeal, replace, follow, or leave alone."""

from collections.abc import Sequence
from itertools import permutations

import pytest

from ingest.chains import Chains
from ingest.document import Document, Source
from ingest.law import article_title, read_law

SIGNED = "وحرر بالرباط في 1 من رجب 1440 ({})."


def article(text_id: str, title: str, label: str, text: str) -> Document:
    name = f"{text_id}#{label}"
    return Document(
        id=name,
        family=name,
        language="ar",
        title=article_title(title, label),
        text=text,
        source=Source(text_id, "الجريدة", title),
        law=read_law(title, label, text_id),
    )


def decree(text_id: str, title: str, measure: str, signed: str) -> tuple[Document, ...]:
    return (
        article(text_id, title, "المادة 1", measure),
        article(text_id, title, "المادة 2", SIGNED.format(signed)),
    )


def placed(documents: Sequence[Document]) -> dict[str, Document]:
    chains = Chains(documents)
    return {document.id: chains.placed(document) for document in documents}


SOFT = "مرسوم بوقف استيفاء رسم الاستيراد المفروض على القمح اللين ومشتقاته"
TENDER = "مرسوم بتغيير مقدار رسم الاستيراد المطبق على القمح الطري ومشتقاته"
DURUM = "مرسوم بوقف استيفاء رسم الاستيراد المفروض على القمح الصلب"
SOME = "مرسوم بتغيير مبلغ الرسم الجمركي المفروض على استيراد بعض المنتجات"
FIRST = decree("a", TENDER, "تغير مقادير رسم الاستيراد.", "8 غشت 2013")
SECOND = decree("b", SOFT, "يوقف الاستيفاء من فاتح ماي إلى 31 أكتوبر 2015.", "10 أبريل 2015")
THIRD = decree("c", SOFT, "يوقف الاستيفاء.", "2 يناير 2019")


def test_measures_on_one_duty_follow_each_other_in_time() -> None:
    for documents in permutations((*FIRST, *THIRD, *SECOND), 6):
        [chain] = Chains(documents).duties()
        assert [text.key for text in chain] == ["a", "b", "c"]


def test_the_earlier_ends_the_day_before_the_later_applies() -> None:
    found = placed((*FIRST, *SECOND, *THIRD))
    first, second, third = found["a#المادة 1"], found["b#المادة 1"], found["c#المادة 1"]
    assert (first.valid_to, first.guessed) == ("2015-04-30", ("valid_to",))
    assert (second.valid_from, second.valid_to) == ("2015-05-01", "2015-10-31")
    assert "valid_to" not in second.guessed
    assert third.valid_to is None
    assert second.supersedes == first.id
    assert third.supersedes == second.id
    assert first.law is not None
    assert first.law.replaced_by == SOFT


def test_every_article_has_the_date_and_the_end_of_its_text() -> None:
    found = placed((*SECOND, *THIRD))
    for name in ("b#المادة 1", "b#المادة 2"):
        law = found[name].law
        assert law is not None
        assert law.date == "2015-04-10"
        assert found[name].valid_to == "2015-10-31"
        source = found[name].source
        assert source is not None
        assert (source.date, source.dated_by) == ("2015-04-10", "stated")
    assert found["c#المادة 2"].supersedes == "b#المادة 2"


@pytest.mark.parametrize("other", [DURUM, SOME, "مرسوم بإحداث منطقة التسريع الصناعي"])
def test_what_is_not_surely_the_same_duty_is_left_alone(other: str) -> None:
    found = placed((*FIRST, *decree("z", other, "يوقف الاستيفاء.", "2 يناير 2019")))
    assert found["a#المادة 1"].valid_to is None
    assert found["z#المادة 1"].supersedes is None


def test_two_lists_of_some_products_are_not_the_same_list() -> None:
    both = (
        *decree("y", SOME, "تغير المبالغ.", "2 يناير 2009"),
        *decree("z", SOME, "تغير المبالغ.", "2 يناير 2019"),
    )
    assert Chains(both).duties() == ()


def test_a_measure_on_more_goods_replaces_one_on_fewer_and_not_the_reverse() -> None:
    two = "مرسوم بوقف استيفاء رسم الاستيراد المفروض على القمح الصلب والقمح اللين"
    one = decree("a", DURUM, "يوقف الاستيفاء.", "2 يناير 2010")
    both = decree("b", two, "يوقف الاستيفاء.", "2 يناير 2011")
    again = decree("c", DURUM, "يوقف الاستيفاء.", "2 يناير 2012")
    found = placed((*one, *both, *again))
    assert found["a#المادة 1"].valid_to == "2011-01-01"
    assert found["b#المادة 1"].valid_to is None


def test_french_measures_follow_each_other_too() -> None:
    title = "Décret n° {} portant suspension du droit d'importation applicable au blé tendre"
    first = article("a", title.format("2-15-100"), "Article 1", "Le droit est suspendu.")
    signed = "Fait à Rabat, le {}."
    documents = (
        first,
        article("a", title.format("2-15-100"), "Article 2", signed.format("10 avril 2015")),
        article("b", title.format("2-19-200"), "Article 1", "Le droit est suspendu."),
        article("b", title.format("2-19-200"), "Article 2", signed.format("2 janvier 2019")),
    )
    found = placed(documents)[first.id]
    assert found.valid_to == "2019-01-01"
    assert found.law is not None
    assert found.law.replaced_by == "2-19-200"


@pytest.mark.parametrize(
    ("clause", "title", "old"),
    [
        (
            "تنسخ مقتضيات القانون رقم 13.89 المتعلق بالتجارة الخارجية.",
            "القانون رقم 91.14 المتعلق بالتجارة الخارجية",
            "القانون رقم 13.89 المتعلق بالتجارة الخارجية",
        ),
        (
            "Est abrogée la loi n° 13-89 relative au commerce extérieur.",
            "Loi n° 91-14 relative au commerce extérieur",
            "Loi n° 13-89 relative au commerce extérieur",
        ),
    ],
)
def test_a_repealed_law_names_the_one_that_repealed_it(clause: str, title: str, old: str) -> None:
    found = placed((article("new", title, "32", clause), article("old", old, "1", "نص.")))
    law, own = found["old#1"].law, found["new#32"].law
    assert law is not None
    assert own is not None
    assert (law.is_repealed, law.replaced_by) == (True, "91-14")
    assert (own.is_repealed, own.replaced_by) == (False, None)


def test_a_document_that_is_no_law_stays_as_it_is() -> None:
    page = Document(id="p", family="p", language="fr", title="Guide", text="Un texte.")
    assert Chains([page]).placed(page) is page


def test_what_a_document_declares_is_kept() -> None:
    declared = Document(
        id="d",
        family="d",
        language="ar",
        title=TENDER,
        text="تغير مقادير رسم الاستيراد.\n" + SIGNED.format("8 غشت 2013"),
        valid_to="2013-12-31",
        law=read_law(TENDER),
    )
    found = placed((declared, *THIRD))["d"]
    assert (found.valid_to, found.guessed) == ("2013-12-31", ())

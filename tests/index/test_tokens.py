from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.tokens import stopwords, tokenize

EASTERN = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
WRITTEN = st.text(alphabet="0123456789 .,-/:%aéNتصديرة،درهم", max_size=60)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Les exportations", "exportation"),
        ("ÉTIQUETTE", "etiquette"),
        ("l’œuvre", "l'oeuvre"),
        ("permits", "permit"),
        ("إجراءات", "اجراءات"),
        ("الشَّهَادَة", "الشهاده"),
        ("تصـــدير", "تصدير"),
        ("المصدرون", "المصدرين"),
    ],
)
def test_two_spellings_of_a_word_share_a_token(one: str, other: str) -> None:
    assert set(tokenize(one)) & set(tokenize(other))


@pytest.mark.parametrize(
    "text",
    [
        "le la les des",
        "the of and",
        "في من على",
        "ديال شنو واش",
        "chhal dyal",
        "",
        " \n\t",
        "؟!…؛،",
        "🙂" * 9,
    ],
)
def test_what_says_nothing_gives_no_token(text: str) -> None:
    assert tokenize(text) == []


def test_stop_words_are_kept_in_their_folded_form() -> None:
    assert {"etre", "الي", "ou"} <= stopwords()
    assert not any(word.startswith("#") for word in stopwords())


@given(WRITTEN)
def test_the_script_of_digits_makes_no_difference(text: str) -> None:
    assert tokenize(text) == tokenize(text.translate(EASTERN)) == tokenize(text.translate(PERSIAN))


@pytest.mark.parametrize(
    ("written", "again"),
    [
        ("0537736074", "+212 537 73 60 74"),
        ("٠٥٣٧٧٣٦٠٧٤", "05 37 73 60 74"),
        ("80 milliards de dirhams", "80 مليار درهم"),
        ("11 juin 2025", "١١ يونيو ٢٠٢٥"),
        ("2-22-312", "٢-٢٢-٣١٢"),
        ("76 000", "76.000"),
    ],
)
def test_a_figure_shares_a_token_however_it_is_written(written: str, again: str) -> None:
    shared = set(tokenize(f"ici {written}")) & set(tokenize(f"هنا {again}"))
    assert any("=" in token for token in shared)


@given(st.text(max_size=80))
def test_any_text_gives_the_same_tokens_twice_and_none_is_empty(text: str) -> None:
    tokens = tokenize(text)
    assert tokens == tokenize(text)
    assert all(tokens)


def test_words_keep_their_count() -> None:
    assert tokenize("safran safran").count(tokenize("safran")[0]) == 2
    assert tokenize("زعفران زعفران").count(tokenize("زعفران")[0]) == 2


def test_threads_do_not_disturb_each_other() -> None:
    texts = ["L'exportation des tapis berbères", "شهادة تصدير الزرابي", "olive oil permits"] * 60
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(tokenize, texts)) == [tokenize(text) for text in texts]


@pytest.mark.parametrize(
    "question",
    [
        "قانون التجارة الخارجية 91.14 المادة 15",
        "ماذا تقول المادة ١٥ من القانون رقم ٩١.١٤؟",
        "loi 91-14 sur le commerce extérieur, article 15",
        "law 91/14 article 15",
    ],
)
def test_an_article_of_a_law_is_one_token_in_every_spelling(question: str) -> None:
    title = "ظهير شريف بتنفيذ القانون رقم 91.14 المتعلق بالتجارة الخارجية — المادة 15"
    assert {"law=91-14", "law=91-14:15"} <= set(tokenize(question)) & set(tokenize(title))


def test_an_article_that_names_another_is_not_taken_for_it() -> None:
    title = "Loi n° 91-14 relative au commerce extérieur — Article 7"
    tokens = tokenize(f"{title}\nDans les cas de l'article 15 ci-dessous, il est permis.")
    assert "law=91-14:7" in tokens
    assert "law=91-14:15" not in tokens


def test_leading_zeros_of_a_law_make_no_difference() -> None:
    assert "law=9-08" in tokenize("loi n° 09-08")
    assert "law=9-08" in tokenize("القانون رقم 9.08")

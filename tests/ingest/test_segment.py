import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.segment import units


def split(text: str) -> list[str]:
    return [text[unit.start : unit.end] for unit in units(text)]


@pytest.mark.parametrize(
    "sentences",
    [
        ["Le bureau ouvre.", "Il ferme à midi !", "Vraiment ?", "Oui."],
        ["يفتح المكتب.", "هل يغلق عند الزوال؟", "نعم؛", "إلى الغد."],
        ["M. Alami signe l'art. 5 du décret n° 2-22-312.", "La suite vient."],
        ["See No. 5 and p. 12 of the text.", "Is it free?", "No.", "Pay first."],
        ["La hausse est de 1.1 milliard, soit 3.5 % selon Mme. Benali.", "Fin."],
        ["« Nous exportons. »", "Il l'a dit."],
        ["Les fruits, légumes, etc. sont visés.", "Les autres non."],
        ["بلغت الصادرات 1.1 مليار درهم.", "وهي في ارتفاع…", "حسب د. العلمي."],
        ["J. P. Morgan ouvre une banque.", "Ici."],
    ],
)
def test_sentences(sentences: list[str]) -> None:
    assert split(" ".join(sentences)) == sentences


def test_bullets_numbers_and_contacts_are_units() -> None:
    lines = [
        "Il faut :",
        "- une facture",
        "- un titre",
        "1. Déposer",
        "2. Signer",
        "Tél : 0537000001",
    ]
    assert split("\n".join(lines)) == lines


def test_arabic_bullets() -> None:
    lines = ["الوثائق:", "- فاتورة", "• سند", "الهاتف: 0537000001"]
    assert split("\n".join(lines)) == lines


def test_a_wrapped_paragraph_is_one_sentence() -> None:
    text = (
        "Une phrase assez longue pour remplir toute la largeur de la page\n"
        "continue sur la ligne suivante avant de finir.\nPuis une autre."
    )
    first, second = split(text)
    assert first.endswith("la page\ncontinue sur la ligne suivante avant de finir.")
    assert second == "Puis une autre."


def test_rows_of_a_table_know_their_header() -> None:
    text = "| Pays | Part |\n|---|---:|\n| فرنسا | 14 % |\n| Espagne | 6 % |\n\nAprès la table."
    found = units(text)
    assert [(text[unit.start : unit.end], unit.header) for unit in found] == [
        ("| فرنسا | 14 % |", "| Pays | Part |"),
        ("| Espagne | 6 % |", "| Pays | Part |"),
        ("Après la table.", ""),
    ]


@given(st.text(alphabet=st.sampled_from('abé .!?؟؛\n|-1تجارة:…»")\t')))
def test_units_cover_everything_but_white_space(text: str) -> None:
    at = 0
    for unit in units(text):
        between = text[at : unit.start]
        assert not between.strip() or set(between) <= set("|-: \t\n")
        assert text[unit.start : unit.end] == text[unit.start : unit.end].strip() != ""
        at = unit.end
    assert not text[at:].strip() or set(text[at:]) <= set("|-: \t\n")


@given(st.integers(0, 30), st.integers(0, 30))
def test_only_the_asked_stretch_is_read(start: int, length: int) -> None:
    text = "Un. Deux. Trois.\nأربعة. خمسة؟ ستة.\n- sept"
    end = min(len(text), start + length)
    assert all(start <= unit.start < unit.end <= end for unit in units(text, start, end))

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


def contexts(text: str) -> list[tuple[str, ...]]:
    return [unit.context for unit in units(text)]


@pytest.mark.parametrize(
    ("lead", "items"),
    [
        ("Le dossier comprend :", ["- une facture", "- un titre"]),
        ("يتضمن الملف ما يلي:", ["- فاتورة", "- سند الاستيراد"]),
        ("Les pièces suivantes sont jointes", ["1. la facture", "2. le titre"]),
        ("The file holds:", ["a) an invoice", "b) a title"]),
    ],
)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_items_know_the_line_that_leads_into_their_list(
    lead: str, items: list[str], gap: str
) -> None:
    text = f"Avant tout.\n{lead}{gap}" + "\n".join(items) + "\n\nAprès la liste.\n- un reste"
    assert contexts(text) == [(), (), *((lead,) for _ in items), (), ()]


def test_only_the_sentence_before_a_list_leads_into_it() -> None:
    text = "Le service est ouvert. Il faut :\n- une facture. Elle est signée."
    assert contexts(text) == [(), (), ("Il faut :",), ("Il faut :",)]


def test_items_inside_items() -> None:
    text = "Il faut :\n- pour la PME\n◦ un bilan\n◦ un statut\n▪ signé\n- une facture\n◦ datée"
    pme, facture = "- pour la PME", "- une facture"
    lead = "Il faut :"
    assert contexts(text) == [
        *[(), (lead,), (lead, pme), (lead, pme), (lead, pme, "◦ un statut")],
        *[(lead,), (lead, facture)],
    ]


def test_an_item_that_leads_into_others_of_its_mark() -> None:
    text = "الوثائق:\n- للمقاولات:\n- الحصيلة\n- للتعاونيات:\n- لائحة الأعضاء"
    lead, firms, coops = "الوثائق:", "- للمقاولات:", "- للتعاونيات:"
    assert contexts(text) == [(), (lead,), (lead, firms), (lead,), (lead, coops)]


def test_a_long_line_leads_with_its_last_words() -> None:
    lead = "mot " * 200 + "et il faut :"
    ((), (shortened,)) = contexts(f"{lead}\n- une facture")
    assert len(shortened) <= 302
    assert shortened.endswith("mot et il faut :")


def test_an_item_goes_on_in_small_letters() -> None:
    text = "Il faut :\n- une facture signée\npar l'exportateur ;\n- un titre"
    assert split(text)[1] == "- une facture signée\npar l'exportateur ;"
    assert contexts(text) == [(), ("Il faut :",), ("Il faut :",)]


@pytest.mark.parametrize("line", ["Bulletin officiel", "منصوص عليه في المادة 3 أعلاه؛", "- 30 -"])
def test_what_leads_into_no_list(line: str) -> None:
    assert contexts(f"Avant.\n\n{line}\n\n- une facture") == [(), (), ()]
    assert contexts("Il faut :\n- a b\n- 30 -") == [(), ("Il faut :",), ()]


def test_a_table_ends_a_list() -> None:
    text = "Il faut :\n- a b\n\n| Pays | Part |\n|---|---|\n| فرنسا | 14 % |\n\n- c d"
    assert contexts(text) == [(), ("Il faut :",), ("| Pays | Part |",), ()]


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

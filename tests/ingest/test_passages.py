import itertools
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ingest.document import Document, Passage, Section, Statement
from ingest.errors import SettingsError
from ingest.passages import PassageSettings, embedded_text, split

WORDS = ["exporter", "la douane", "تصدير", "الزرابي", "76 000", "شهادة المنشأ", "tax", "é", "."]


def document(parts: Sequence[Sequence[str]], *, statements: bool, title: str) -> Document:
    text, sections, made = "", [], []
    for number, part in enumerate(parts):
        heading = f"Titre {number}"
        text += heading + "\n"
        start = len(text)
        for at, sentence in enumerate(part):
            text += "\n" if at else ""
            made.append(Statement(f"s-{number}-{at}", len(text), len(text) + len(sentence), ()))
            text += sentence
        sections.append(Section(f"h-{number}", (heading,), start, len(text)))
        text += "\n\n"
    return Document(
        id="d",
        family="d",
        language="fr",
        title=title,
        text=text.rstrip("\n"),
        sections=tuple(sections),
        statements=tuple(made) if statements else (),
    )


def sentence(words: list[str]) -> str:
    return "Mot " + " ".join(words).strip() + "."


sentences = st.lists(st.sampled_from(WORDS), min_size=1, max_size=60).map(sentence)
documents = st.builds(
    document,
    st.lists(st.lists(sentences, min_size=1, max_size=6), min_size=1, max_size=4),
    statements=st.booleans(),
    title=st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join),
)


@given(documents, st.integers(32, 200))
def test_invariants(made: Document, max_tokens: int) -> None:
    settings = PassageSettings(max_tokens=max_tokens)
    passages = split(made, settings)
    assert all(passage.tokens <= max_tokens for passage in passages)
    assert all(a.end <= b.start for a, b in itertools.pairwise(passages))
    for passage in passages:
        check_tiling(made, passage)
        section = next(item for item in made.sections if item.anchor == passage.anchor)
        assert section.start <= passage.start < passage.end <= section.end
    covered = "".join(made.text[passage.start : passage.end] for passage in passages)
    whole = "".join(made.text[item.start : item.end] for item in made.sections)
    assert "".join(covered.split()) == "".join(whole.split())


def check_tiling(made: Document, passage: Passage) -> None:
    assert passage.sentences[0].start == passage.start
    assert passage.sentences[-1].end == passage.end
    for one, two in itertools.pairwise(passage.sentences):
        assert one.start < one.end <= two.start
        assert made.text[one.end : two.start].strip() == ""


@given(st.lists(st.lists(sentences, min_size=1, max_size=6), min_size=1, max_size=4))
def test_what_a_guide_takes_from_other_sheets_is_found_there(parts: list[list[str]]) -> None:
    plain = document(parts, statements=True, title="Titre")
    own, *others = plain.statements
    taken = tuple(replace(one, taken_from="sheet#anchor") for one in others)
    made = replace(plain, statements=(own, *taken))
    (passage,) = split(made, PassageSettings(max_tokens=2048))
    check_tiling(made, passage)
    assert [item.statement for item in passage.sentences] == [own]


@given(st.lists(st.lists(sentences, min_size=1, max_size=6), min_size=1, max_size=4))
def test_every_statement_stands_in_exactly_one_passage(parts: list[list[str]]) -> None:
    made = document(parts, statements=True, title="Titre")
    passages = split(made, PassageSettings(max_tokens=2048))
    held = [item.statement for passage in passages for item in passage.sentences]
    assert held == list(made.statements)


@given(st.integers(32, 64), st.sampled_from(["a", "اقتصاد", "é", "🧭", "لا إله ", "ab "]))
def test_one_endless_sentence_is_cut_to_the_budget(max_tokens: int, word: str) -> None:
    made = Document(id="d", family="d", language="ar", title="t", text=(word * 1500).strip())
    passages = split(made, PassageSettings(max_tokens=max_tokens))
    assert len(passages) > 1
    assert all(passage.tokens <= max_tokens for passage in passages)
    joined = "".join(made.text[passage.start : passage.end] for passage in passages)
    assert "".join(joined.split()) == "".join(made.text.split())


def test_the_heading_is_title_and_path() -> None:
    made = document([["Une phrase.", "Une autre."]], statements=True, title="Fiche")
    (passage,) = split(made, PassageSettings())
    assert passage.heading == ("Fiche", "Titre 0")
    assert passage.anchor == "h-0"
    read = embedded_text(passage.heading, made.text[passage.start : passage.end])
    assert read == "Fiche\nTitre 0\nUne phrase.\nUne autre."


def test_table_rows_carry_their_header() -> None:
    rows = "\n".join(f"| pays {number} | {number} % |" for number in range(40))
    text = f"| Pays | Part |\n|---|---|\n{rows}"
    made = Document(id="d", family="d", language="fr", title="Table", text=text)
    passages = split(made, PassageSettings(max_tokens=64))
    assert len(passages) > 1
    assert all(passage.heading == ("Table", "| Pays | Part |") for passage in passages)


LISTED = [
    ("fr", "Le dossier comprend :", "- une copie du registre de commerce"),
    ("ar", "يتضمن الملف ما يلي:", "- نسخة من السجل التجاري"),
]


@pytest.mark.parametrize(("language", "lead", "item"), LISTED)
def test_an_item_comes_with_the_line_that_leads_into_its_list(
    language: str, lead: str, item: str
) -> None:
    items = "\n".join(f"{item} {number}" for number in range(40))
    text = f"{lead}\n{items}\n\nFin."
    made = Document(id="d", family="d", language=language, title="Dossier", text=text)
    first, *others = split(made, PassageSettings(max_tokens=96))
    assert first.heading == ("Dossier",)
    assert len(others) > 1
    assert all(passage.heading == ("Dossier", lead) for passage in others)
    check_tiling(made, first)
    opening, *listed, closing = [one for each in (first, *others) for one in each.sentences]
    assert opening.context == closing.context == ()
    assert {one.context for one in listed} == {(lead,)}
    assert all(text[one.start : one.end].startswith(item) for one in listed)


def test_a_row_comes_with_its_header() -> None:
    text = "Avant.\n\n| Pays | Part |\n|---|---|\n| فرنسا | 14 % |\n\nAprès."
    made = Document(id="d", family="d", language="fr", title="Table", text=text)
    before, row, after = split(made, PassageSettings())
    assert [one.context for one in row.sentences] == [("| Pays | Part |",)]
    assert text[row.start : row.end] == "| فرنسا | 14 % |"
    assert before.heading == after.heading == ("Table",)


def test_a_copy_has_no_passage() -> None:
    made = Document(id="d", family="d", language="fr", title="t", text="Un texte.", same_as="c")
    assert split(made, PassageSettings()) == ()


def test_a_title_that_eats_the_budget_is_left_out() -> None:
    made = document([["Une phrase."]], statements=False, title="titre " * 300)
    (passage,) = split(made, PassageSettings(max_tokens=64))
    assert passage.heading == ("Titre 0",)


@pytest.mark.parametrize("max_tokens", [0, 31, 8193])
def test_budgets_out_of_bounds_are_refused(max_tokens: int) -> None:
    with pytest.raises(ValidationError):
        PassageSettings(max_tokens=max_tokens)


def test_an_unknown_encoding_is_named() -> None:
    made = Document(id="d", family="d", language="fr", title="t", text="Un texte.")
    with pytest.raises(SettingsError, match="no-such-encoding"):
        split(made, PassageSettings(encoding="no-such-encoding"))


def test_an_empty_text_has_no_passage() -> None:
    made = Document(id="d", family="d", language="fr", title="t", text="")
    assert split(made, PassageSettings()) == ()


def test_a_passage_ends_where_the_language_changes() -> None:
    french = "La chambre de commerce délivre le certificat d'origine en deux jours ouvrables."
    arabic = "تسلم الغرفة التجارية شهادة المنشأ خلال يومين من تاريخ إيداع الطلب لديها."
    text = f"{french}\n\nVoir l'annexe.\n\n{arabic}\n\nالمادة 5\n\n{arabic}\n\n{french}"
    made = document([[text]], statements=False, title="Bulletin officiel")
    found = split(made, PassageSettings())
    assert [passage.language for passage in found] == ["fr", "ar", "fr"]
    for passage in found:
        words = made.text[passage.start : passage.end]
        assert (french in words, arabic in words) == (
            passage.language == "fr",
            passage.language == "ar",
        )


def test_the_statements_of_a_sheet_are_in_its_language() -> None:
    arabic = "تسلم الغرفة التجارية شهادة المنشأ خلال يومين من تاريخ إيداع الطلب لديها."
    made = document([["Le délai est d'un an.", arabic]], statements=True, title="Délai")
    assert {passage.language for passage in split(made, PassageSettings())} == {"fr"}

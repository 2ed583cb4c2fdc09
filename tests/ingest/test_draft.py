"""Drafts of sheets: three files that parse, and that nobody can publish unwritten."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.draft import SOURCE, draft, slug_of
from ingest.sheet import LANGUAGES, parse_sheet

DAY = date(2026, 11, 22)
AR = "ما هو سقف تصدير الترفاس؟"
FR = 'Quel plafond : "truffe" du désert ?'


def rules(name: str, text: str) -> set[str]:
    return {problem.rule for problem in parse_sheet(text, file=name, sources={}).problems}


def test_questions_stand_under_their_language_and_are_left_to_translate_elsewhere() -> None:
    files = draft("truffle-ceiling", {"fr": [FR], "ar": [AR]}, DAY, ["souss-massa"])
    assert list(files) == [f"truffle-ceiling.{language}.md" for language in LANGUAGES]
    parsed = parse_sheet(files["truffle-ceiling.fr.md"], file="truffle-ceiling.fr.md", sources={})
    assert parsed.document
    assert parsed.document.questions == (FR,)
    assert parsed.document.regions == ("souss-massa",)
    arabic = parse_sheet(files["truffle-ceiling.ar.md"], file="truffle-ceiling.ar.md", sources={})
    assert arabic.document
    assert arabic.document.questions == (AR,)
    english = files["truffle-ceiling.en.md"]
    assert f"# to translate (fr): {FR}" in english
    assert f"# to translate (ar): {AR}" in english
    assert parse_sheet(english, file="truffle-ceiling.en.md", sources={}).document is None


def test_a_draft_names_a_source_that_does_not_exist() -> None:
    for name, text in draft("a-sheet", {"fr": [FR], "ar": [AR], "en": ["Which?"]}, DAY).items():
        problems = parse_sheet(text, file=name, sources={}).problems
        assert problems
        assert all(SOURCE in problem.message for problem in problems)


@given(st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=8))
def test_whatever_was_asked_leaves_a_sheet_that_can_be_read(questions: list[str]) -> None:
    said = [f"mot {text}" for text in questions]
    (name, text), *_ = draft("a-sheet", {"fr": said}, DAY).items()
    assert rules(name, text) <= rules(*next(iter(draft("a-sheet", {"fr": ["x"]}, DAY).items())))


@pytest.mark.parametrize(
    ("questions", "slug"),
    [
        (["Quel est le plafond de la truffe ?"], "quel-plafond-truffe"),
        ([AR], "otherwise"),
        ([], "otherwise"),
        ([AR, "Which export ceiling?"], "which-export-ceiling"),
        (["Où ?"], "otherwise"),
    ],
)
def test_a_name_is_made_of_what_was_asked(questions: list[str], slug: str) -> None:
    assert slug_of(questions, "otherwise") == slug

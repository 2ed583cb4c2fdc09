from pathlib import Path

import pytest

from ingest.asked import AskedMatter, family_of, misplaced, read_asked, with_questions
from ingest.corpus import load_corpus, read_corpus
from ingest.document import Document
from ingest.errors import CorpusError
from ingest.problem import Problem
from tests.ingest.sheets import write_corpus

FILE = "sheets/trade-programme/targets.asked.yaml"
ASKED = """new-exporters:
  fr:
    - "Combien de nouvelles boîtes à l'export : un chiffre ?"
  ar:
    - كم مصدرا جديدا؟
  en:
    - How many newcomers?
  ary:
    - شحال من شركة جديدة؟
  ary_latn:
    - ch7al mn charika jdida?
phone:
  ar:
    - نمرة المكتب
"""


def with_asked(folder: Path, text: str, file: str = FILE) -> Path:
    """The sound corpus with a file of questions."""
    write_corpus(folder)
    (folder / file).write_text(text, encoding="utf-8")
    return folder


def questions(documents: tuple[Document, ...]) -> dict[tuple[str, str], tuple[str, ...]]:
    """The questions of each statement that has any, by document and anchor."""
    return {
        (one.language, statement.anchor): statement.questions
        for one in documents
        for statement in one.statements
        if statement.questions
    }


def test_questions_stand_at_the_statements_of_their_language(tmp_path: Path) -> None:
    """Darija, in either script, goes to the Arabic variant."""
    assert questions(load_corpus(with_asked(tmp_path, ASKED)).documents) == {
        ("fr", "new-exporters"): ("Combien de nouvelles boîtes à l'export : un chiffre ?",),
        ("en", "new-exporters"): ("How many newcomers?",),
        ("ar", "new-exporters"): (
            "كم مصدرا جديدا؟",
            "شحال من شركة جديدة؟",
            "ch7al mn charika jdida?",
        ),
        ("ar", "phone"): ("نمرة المكتب",),
    }


def test_questions_are_no_part_of_what_is_quoted(tmp_path: Path) -> None:
    plain = load_corpus(write_corpus(tmp_path / "plain")).documents
    asked = load_corpus(with_asked(tmp_path / "asked", ASKED)).documents
    assert [(one.text, one.questions) for one in asked] == [
        (one.text, one.questions) for one in plain
    ]


@pytest.mark.parametrize("language", ["fr", "ar", "en", "es"])
def test_a_language_without_questions_has_none(language: str) -> None:
    assert AskedMatter().of(language) == ()


def test_darija_alone_belongs_to_arabic_alone() -> None:
    matter = AskedMatter(ary=("شنو",), ary_latn=("chno",))
    assert {language: matter.of(language) for language in ("ar", "fr", "en")} == {
        "ar": ("شنو", "chno"),
        "fr": (),
        "en": (),
    }


@pytest.mark.parametrize(
    ("text", "line", "rule", "named"),
    [
        (ASKED.replace("phone:", "fax:"), 12, "asked", "fax"),
        (ASKED.replace("  en:", "  es:"), 6, "schema", "es"),
        (ASKED.replace("- نمرة المكتب", "- ''"), 14, "schema", "ar"),
        (ASKED + "phone:\n  fr: [x]\n", 15, "yaml", "phone"),
        ("- a list\n", 1, "schema", "dictionary"),
    ],
    ids=["misplaced anchor", "unknown language", "empty question", "anchor twice", "no mapping"],
)
def test_mistakes_are_named_with_their_line(
    tmp_path: Path, text: str, line: int, rule: str, named: str
) -> None:
    folder = with_asked(tmp_path, text)
    found = [one for one in read_corpus(folder).problems if one.file == FILE]
    assert [(one.line, one.rule) for one in found] == [(line, rule)]
    assert named in found[0].message
    with pytest.raises(CorpusError, match=rf"{FILE}:{line}"):
        load_corpus(folder)


def test_a_file_without_a_sheet_is_a_problem(tmp_path: Path) -> None:
    stray = "sheets/trade-programme/الأهداف.asked.yaml"
    folder = with_asked(tmp_path, ASKED, stray)
    (problem,) = read_corpus(folder).problems
    assert (problem.file, problem.rule) == (stray, "asked")
    assert "الأهداف" in problem.message


def test_a_file_in_another_encoding_is_a_problem(tmp_path: Path) -> None:
    folder = write_corpus(tmp_path)
    (folder / FILE).write_bytes(ASKED.encode("utf-16"))
    assert [one.rule for one in read_corpus(folder).problems] == ["encoding"]


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "phone: {}\n"])
def test_a_file_may_ask_nothing(tmp_path: Path, text: str) -> None:
    assert questions(load_corpus(with_asked(tmp_path, text)).documents) == {}


def test_an_anchor_that_one_variant_has_is_not_misplaced(tmp_path: Path) -> None:
    documents = load_corpus(write_corpus(tmp_path)).documents
    problems: list[Problem] = []
    asked, read = read_asked(ASKED, file=FILE, problems=problems)
    assert problems == []
    assert misplaced(documents[:1], asked, read, FILE) == []
    assert [one.rule for one in misplaced([], asked, read, FILE)] == ["asked"]
    assert with_questions(documents[0], {}) == documents[0]


def test_a_file_belongs_to_the_sheet_it_is_named_after() -> None:
    assert family_of(FILE) == "targets"

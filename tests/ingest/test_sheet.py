from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.document import Source
from ingest.sheet import Sheet, gathers, parse_sheet, statements_by_address
from tests.ingest.sheets import ARABIC, ENGLISH, FRENCH, GUIDE

SOURCES: Mapping[str, Source] = {
    key: Source(key, "Gazette", "Titre") for key in ("meeting-2025", "parliament-2025")
}
SHEETS = {"fr": FRENCH, "ar": ARABIC, "en": ENGLISH}


def parse(text: str, language: str = "fr") -> Sheet:
    return parse_sheet(text, file=f"sheets/x/targets.{language}.md", sources=SOURCES)


def rules(text: str) -> list[tuple[int, str]]:
    return [(problem.line, problem.rule) for problem in parse(text).problems]


@pytest.mark.parametrize("language", SHEETS)
def test_a_sound_sheet_has_no_problem(language: str) -> None:
    sheet = parse(SHEETS[language], language)
    assert sheet.problems == ()
    assert sheet.document is not None
    assert sheet.document.id == f"targets.{language}"
    assert sheet.document.family == "targets"
    assert sheet.document.language == language


@pytest.mark.parametrize("language", SHEETS)
def test_the_canonical_text_is_the_body_without_marks(language: str) -> None:
    document = parse(SHEETS[language], language).document
    assert document is not None
    body = SHEETS[language].rpartition("---\n")[2]
    expected = [
        line.removeprefix("## ").removeprefix("- ").removeprefix("1. ").partition(" {#")[0]
        for line in body.strip().splitlines()
    ]
    lines = document.text.split("\n")
    assert [line for line in lines if line] == [line for line in expected if line]
    assert lines[3:5] != ["", ""]
    assert "{" not in document.text


@pytest.mark.parametrize("language", SHEETS)
def test_offsets_are_exact(language: str) -> None:
    document = parse(SHEETS[language], language).document
    assert document is not None
    for statement in document.statements:
        line = next(
            item for item in SHEETS[language].splitlines() if f"{{#{statement.anchor} " in item
        )
        assert document.text[statement.start : statement.end] in line
        assert document.text[statement.start : statement.end].endswith(".")
    for section in document.sections:
        before = document.text[: section.start]
        assert before.endswith(section.path[-1] + "\n")
        assert not document.text[section.start : section.end].endswith("\n")
    assert document.sections[-1].end == len(document.text)


def test_metadata() -> None:
    document = parse(FRENCH).document
    assert document is not None
    assert document.title == "Programme 2025-2027 : les objectifs"
    assert document.questions == ("Combien d'entreprises : lesquelles ?",)
    assert (document.valid_from, document.valid_to) == ("2025-05-28", None)
    assert document.contact == "trade-office"
    assert [side.statements for side in document.conflicts[0].positions] == [
        ("exports-80",),
        ("exports-84",),
    ]
    by_anchor = {statement.anchor: statement for statement in document.statements}
    assert by_anchor["conditions"].status == "unknown"
    assert by_anchor["phone"].valid_to == "2027-12-31"
    assert [source.key for source in by_anchor["exports-84"].sources] == [
        "parliament-2025",
        "meeting-2025",
    ]


def line_of(text: str, part: str) -> int:
    """The last line that holds `part`."""
    return max(at for at, line in enumerate(text.splitlines(), 1) if part in line)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("kind: fact", "kind: novel", "schema"),
        ("as_of: 2025-07-01", "as_of: yesterday", "schema"),
        ("topics: [trade-programme]", "topics: []", "schema"),
        ("sectors: []", "sector: []", "schema"),
        ("regions: []", "kind: fact", "yaml"),
        ("id: targets", "id: other", "file-name"),
        ("src=meeting-2025 status=unknown", "status=unknown", "source"),
        ("status=unknown", "status=perhaps", "status"),
        ("status=unknown", "color=red", "attribute"),
        ("until=2027-12-31", "until=2027-13-31", "date"),
        ("{#phone src=meeting-2025", "{#phone src=nobody", "source"),
        ("{#conditions", "{#phone", "anchor"),
        ("{#conditions", "{#Conditions", "anchor"),
        (" {#conditions src=meeting-2025 status=unknown}", "", "statement"),
        ("## Les inconnues {#unknown}", "### Les inconnues {#unknown}", "heading"),
        ("## Les inconnues {#unknown}", "## Les inconnues", "heading"),
        ("statements: [exports-84]", "statements: [exports-99]", "conflict"),
    ],
)
def test_each_mistake_is_found_on_its_line(old: str, new: str, rule: str) -> None:
    text = FRENCH.replace(old, new)
    assert text != FRENCH
    assert any(found == rule for _, found in rules(text))
    if new:
        assert (line_of(text, new), rule) in rules(text)


def test_the_file_is_named_after_its_language() -> None:
    assert [rule for _, rule in rules(FRENCH.replace("lang: fr", "lang: ar"))] == ["file-name"]


def test_all_mistakes_of_a_file_are_found_at_once() -> None:
    text = FRENCH.replace("kind: fact", "kind: novel").replace("{#phone", "{#PHONE")
    text = text.replace("src=parliament-2025,", "src=nobody,")
    assert {rule for _, rule in rules(text)} == {"schema", "anchor", "source"}


def test_a_section_without_statements_is_found() -> None:
    assert "heading" in [rule for _, rule in rules(FRENCH + "\n## Vide {#empty}\n")]


@pytest.mark.parametrize("text", ["", "rien", "---\nid: x\n", "---\n---\n", "---\n- a\n---\n"])
def test_a_file_that_is_no_sheet_is_a_problem(text: str) -> None:
    sheet = parse(text)
    assert sheet.document is None
    assert sheet.problems


@given(st.text(max_size=400))
def test_any_text_gives_problems_not_exceptions(text: str) -> None:
    assert parse(text).problems
    assert parse(FRENCH + text).document is not None or parse(FRENCH + text).problems


def guide(address: str, language: str = "fr") -> Sheet:
    text = GUIDE.format(language=language, address=address)
    document = parse(SHEETS[language], language).document
    assert document is not None
    return parse_sheet(
        text,
        file=f"guide.{language}.md",
        sources=SOURCES,
        shelf=statements_by_address([document]),
    )


@pytest.mark.parametrize("language", SHEETS)
def test_a_guide_repeats_the_words_that_stand_elsewhere_with_their_sources(language: str) -> None:
    original = parse(SHEETS[language], language).document
    sheet = guide("targets#exports-84", language)
    assert original is not None
    assert sheet.problems == ()
    assert sheet.document is not None
    assert sheet.document.is_guide
    assert not original.is_guide
    taken = sheet.document.statements[1]
    known = next(one for one in original.statements if one.anchor == "exports-84")
    words = original.text[known.start : known.end]
    assert sheet.document.text[taken.start : taken.end] == words
    assert sheet.document.text.count(words) == 1
    assert (taken.anchor, taken.taken_from) == ("aim", "targets#exports-84")
    assert (taken.sources, taken.status) == (known.sources, known.status)
    assert [one.anchor for one in sheet.document.own_statements] == ["overview"]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("1. {#aim from=targets#nothing}", "statement"),
        ("1. {#aim from=nowhere#exports-84}", "statement"),
        ("1. {#aim from=targets.fr#exports-84}", "statement"),
        ("1. {#aim from=exports-84}", "statement"),
        ("1. {#aim}", "statement"),
        ("1. {#aim src=meeting-2025}", "attribute"),
        ("1. {#aim from=targets#exports-84 status=unknown}", "attribute"),
        ("1. Des mots. {#aim from=targets#exports-84}", "attribute"),
    ],
)
def test_a_line_that_names_no_statement_or_says_more_is_a_problem(line: str, rule: str) -> None:
    text = GUIDE.format(language="fr", address="x#y").replace("1. {#aim from=x#y}", line)
    document = parse(FRENCH).document
    assert document is not None
    sheet = parse_sheet(
        text,
        file="guide.fr.md",
        sources=SOURCES,
        shelf=statements_by_address([document]),
    )
    assert rule in {problem.rule for problem in sheet.problems}
    assert {problem.line for problem in sheet.problems} == {13}


def test_which_sheets_gather() -> None:
    assert gathers(GUIDE)
    assert not any(gathers(text) for text in SHEETS.values())

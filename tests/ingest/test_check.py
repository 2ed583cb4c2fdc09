from datetime import date
from pathlib import Path

import pytest

from ingest.check import check_corpus
from ingest.errors import PathMissingError
from ingest.problem import Problem
from tests.ingest.sheets import GUIDE, write_corpus

TODAY = date(2026, 1, 1)
SHEETS = "sheets/trade-programme/targets"


def broken(folder: Path, name: str, old: str, new: str) -> list[Problem]:
    path = write_corpus(folder) / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return check_corpus(folder, TODAY)


def test_a_sound_corpus_has_no_problem(tmp_path: Path) -> None:
    assert check_corpus(write_corpus(tmp_path), TODAY) == []


@pytest.mark.parametrize(
    ("language", "old", "new", "rule"),
    [
        ("ar", "400 مقاولة", "40 مقاولة", "figures"),
        ("ar", "80 مليار درهم. {", "80 مليون درهم. {", "figures"),
        ("ar", "11 يونيو", "11 يوليوز", "figures"),
        ("en", "11 June 2025", "12 June 2025", "figures"),
        ("en", "+212 537 000 001", "+212 537 000 002", "figures"),
        ("en", "value: 84 billion dirhams", "value: 85 billion dirhams", "figures"),
        ("en", "title: Programme 2025-2027", "title: Programme 2025-2028", "figures"),
        ("en", "kind: fact", "kind: definition", "metadata"),
        ("ar", "topics: [trade-programme]", "topics: [other]", "metadata"),
        ("en", "{#new-exporters", "{#newcomers", "anchors"),
        ("en", " status=unknown", "", "attributes"),
        ("ar", "src=parliament-2025,meeting-2025", "src=meeting-2025", "attributes"),
        ("ar", "until=2027-12-31", "until=2027-12-30", "attributes"),
        ("en", "value: 84 billion dirhams", "value: 85 billion dirhams", "position-figure"),
        ("ar", "id: extra-exports", "id: more-exports", "conflict"),
        ("en", "statements: [exports-84]", "statements: [exports-80, exports-84]", "conflict"),
        ("fr", "statements: [exports-84]", "statements: [exports-99]", "conflict"),
        ("fr", "contact: trade-office", "contact: nobody", "contact"),
        ("fr", "as_of: 2025-07-01", "as_of: 2026-07-01", "date"),
        ("fr", "valid_to:\n", "valid_to: 2024-01-01\n", "date"),
        ("fr", "until=2027-12-31", "until=2127-12-31", "date"),
        ("fr", "0537000001", "0537000009", "orphan-number"),
        ("fr", "0537000001", "0537000005", "orphan-number"),
        ("fr", "kind: fact", "kind: fact\nsupersedes: nothing", "supersedes"),
        ("fr", "src=meeting-2025 until", "src=nobody until", "source"),
    ],
)
def test_each_mistake_is_found_in_its_file(
    tmp_path: Path, language: str, old: str, new: str, rule: str
) -> None:
    problems = broken(tmp_path, f"{SHEETS}.{language}.md", old, new)
    assert rule in {problem.rule for problem in problems}
    place = {problem.file for problem in problems if problem.rule == rule}
    assert f"{SHEETS}.{language}.md" in place or language == "fr"


def test_figures_are_located_at_their_statement(tmp_path: Path) -> None:
    name = f"{SHEETS}.ar.md"
    (problem,) = broken(tmp_path, name, "400 مقاولة", "401 مقاولة")
    lines = (tmp_path / name).read_text(encoding="utf-8").splitlines()
    assert "401" in lines[problem.line - 1]


def test_another_order_is_found(tmp_path: Path) -> None:
    path = write_corpus(tmp_path) / f"{SHEETS}.en.md"
    lines = path.read_text(encoding="utf-8").splitlines()
    at = next(number for number, line in enumerate(lines) if "{#exports-80" in line)
    lines[at], lines[at + 1] = lines[at + 1], lines[at]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert [problem.rule for problem in check_corpus(tmp_path, TODAY)] == ["anchors"]


def test_a_missing_language_is_found(tmp_path: Path) -> None:
    (write_corpus(tmp_path) / f"{SHEETS}.ar.md").unlink()
    assert [problem.rule for problem in check_corpus(tmp_path, TODAY)] == ["language"]


def test_a_sheet_twice_is_found(tmp_path: Path) -> None:
    folder = write_corpus(tmp_path)
    (folder / "sheets" / "other").mkdir()
    text = (folder / f"{SHEETS}.ar.md").read_text(encoding="utf-8")
    (folder / "sheets" / "other" / "targets.ar.md").write_text(text, encoding="utf-8")
    assert [problem.rule for problem in check_corpus(folder, TODAY)] == ["duplicate"]


@pytest.mark.parametrize(
    ("name", "old", "new", "rule"),
    [
        ("sources.yaml", "parliament-2025:", "unused:", "source"),
        ("sources.yaml", "date: 2025-06", "date: 2026-06", "date"),
        ("sources.yaml", "date: 2025-06", "date: 2025-13", "date"),
        ("sources.yaml", "date: 2025-06", "date: 1825", "date"),
        ("directory.yaml", '"0537000001"', '"0537000009"', "orphan-number"),
        ("directory.yaml", '"0537000001"', '"tomorrow"', "phone"),
        ("directory.yaml", "topics: [trade-programme]", "topics: [tapestry]", "topic"),
    ],
)
def test_mistakes_beside_the_sheets(
    tmp_path: Path, name: str, old: str, new: str, rule: str
) -> None:
    assert rule in {problem.rule for problem in broken(tmp_path, name, old, new)}


def guide_problems(folder: Path, **changes: tuple[str, str]) -> set[tuple[str, str]]:
    """What is wrong with a guide in which `changes` were made, by language."""
    write_corpus(folder)
    for language in ("fr", "ar", "en"):
        text = GUIDE.format(language=language, address="targets#exports-84")
        text = text.replace(*changes.get(language, ("", "")))
        (folder / "sheets" / f"guide.{language}.md").write_text(text, encoding="utf-8")
    found = check_corpus(folder, TODAY)
    assert {problem.file for problem in found} <= {
        f"sheets/guide.{x}.md" for x in ("fr", "ar", "en")
    }
    return {(problem.file.split(".")[1], problem.rule) for problem in found}


def test_a_sound_guide_has_no_problem(tmp_path: Path) -> None:
    assert guide_problems(tmp_path) == set()


def test_a_guide_takes_the_same_in_each_language(tmp_path: Path) -> None:
    other = ("targets#exports-84", "targets#exports-80")
    assert ("ar", "attributes") in guide_problems(tmp_path, ar=other)


def test_a_guide_says_nothing_of_its_own_but_the_overview(tmp_path: Path) -> None:
    more = ("1. {", "- Autre mot. {#more src=meeting-2025}\n1. {")
    assert guide_problems(tmp_path, fr=more, ar=more, en=more) == {
        (language, "guide") for language in ("fr", "ar", "en")
    }


def test_no_other_sheet_has_an_overview(tmp_path: Path) -> None:
    alone = ("1. {#aim from=targets#exports-84}", "")
    assert guide_problems(tmp_path, fr=alone, ar=alone, en=alone) == {
        (language, "guide") for language in ("fr", "ar", "en")
    }


def test_an_unused_source_is_found(tmp_path: Path) -> None:
    path = write_corpus(tmp_path) / "sources.yaml"
    text = path.read_text(encoding="utf-8")
    extra = text.partition("parliament-2025:")[0].replace("meeting-2025:", "spare:")
    path.write_text(text + extra.strip() + "\n", encoding="utf-8")
    (problem,) = check_corpus(tmp_path, TODAY)
    assert (problem.file, problem.rule) == ("sources.yaml", "unused-source")
    assert "spare" in text + extra.splitlines()[1]


def test_a_body_twice_is_found(tmp_path: Path) -> None:
    path = write_corpus(tmp_path) / "directory.yaml"
    text = path.read_text(encoding="utf-8")
    body = text.partition("bodies:\n")[2].partition("unattributed:")[0]
    path.write_text(text.replace("unattributed:", body + "unattributed:"), encoding="utf-8")
    assert [problem.rule for problem in check_corpus(tmp_path, TODAY)] == ["duplicate"]


def test_problems_of_several_files_come_together_in_order(tmp_path: Path) -> None:
    folder = write_corpus(tmp_path)
    for language in ("ar", "en"):
        path = folder / f"{SHEETS}.{language}.md"
        path.write_text(path.read_text(encoding="utf-8").replace("400", "4"), encoding="utf-8")
    problems = check_corpus(folder, TODAY)
    assert [problem.file for problem in problems] == [f"{SHEETS}.ar.md", f"{SHEETS}.en.md"]
    assert problems == sorted(problems)


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(PathMissingError):
        check_corpus(tmp_path / "nowhere")


def test_our_corpus_is_sound() -> None:
    folder = Path(__file__).resolve().parents[2] / "corpus"
    assert [str(problem) for problem in check_corpus(folder)] == []

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.check import check_corpus
from ingest.corpus import load_corpus
from ingest.coverage import COVERAGE_FILE, Placement, check_coverage, read_coverage
from ingest.problem import Problem
from tests.ingest.sheets import write_corpus

OURS = Path(__file__).resolve().parents[2] / "corpus"
SOUND = """fact_id,sheet,anchor,reason
F001,targets,exports-80,
F001,targets,exports-84,
F002,,,"says what F001 says, less well"
F003,,,يكرر ما تقوله F001
S004,targets,conditions,
"""


def checked(folder: Path, text: str | bytes) -> list[Problem]:
    data = text if isinstance(text, bytes) else text.encode()
    (write_corpus(folder) / COVERAGE_FILE).write_bytes(data)
    return [one for one in check_corpus(folder) if one.file == COVERAGE_FILE]


def test_each_row_is_a_place_or_a_reason(tmp_path: Path) -> None:
    assert checked(tmp_path, SOUND) == []
    problems: list[Problem] = []
    placements = read_coverage(tmp_path, problems)
    assert problems == []
    assert placements[0] == Placement("F001", "targets", "exports-80", None, 2)
    assert placements[2].reason == "says what F001 says, less well"
    assert placements[3] == Placement("F003", None, None, "يكرر ما تقوله F001", 5)


def test_a_corpus_may_have_no_coverage(tmp_path: Path) -> None:
    assert list(check_coverage(write_corpus(tmp_path), ())) == []
    assert read_coverage(tmp_path, []) == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "rule"),
    [
        ("fact_id,sheet", "fact,sheet", 1, "coverage"),
        ("F001,targets,exports-80,\n", "F001,targets,exports-80\n", 2, "coverage"),
        ("F001,targets,exports-80,\n", "F001,targets,exports-80,,\n", 2, "coverage"),
        ("F001,targets,exports-80,\n", "F001,targets,exports-80,why\n", 2, "coverage"),
        ("F001,targets,exports-80,\n", "F001,targets,,\n", 2, "coverage"),
        ("F001,targets,exports-80,\n", "F001,,exports-80,\n", 2, "coverage"),
        ("F001,targets,exports-80,\n", "F001,,exports-80,why\n", 2, "coverage"),
        ("F001,targets,exports-80,\n", "F001,,,\n", 2, "coverage"),
        ("F001,targets,exports-80,\n", "الأول,targets,exports-80,\n", 2, "coverage"),
        ("targets,exports-84", "nowhere,exports-84", 3, "coverage"),
        ("targets,exports-84", "targets,exports-99", 3, "coverage"),
        ("targets,exports-84", "targets,unknown", 3, "coverage"),
        ("targets,exports-84", "targets,exports-80", 3, "duplicate"),
        ("F003,,,", "F002,,,", 5, "duplicate"),
        ("F002,,,", "F001,,,", 4, "coverage"),
        ("F003,,,", "F000,,,", 5, "order"),
        ("S004,targets", '"S004"x,targets', 6, "coverage"),
        ("S004,targets", '"S004,targets', 6, "coverage"),
    ],
)
def test_each_mistake_is_found_on_its_line(
    tmp_path: Path, old: str, new: str, line: int, rule: str
) -> None:
    assert old in SOUND
    problems = checked(tmp_path, SOUND.replace(old, new, 1))
    assert (line, rule) in {(problem.line, problem.rule) for problem in problems}


def test_another_encoding_is_a_problem(tmp_path: Path) -> None:
    assert [one.rule for one in checked(tmp_path, SOUND.encode("cp1256"))] == ["encoding"]


def test_a_folder_in_its_place_is_a_problem(tmp_path: Path) -> None:
    (write_corpus(tmp_path) / COVERAGE_FILE).mkdir()
    assert [one.rule for one in check_corpus(tmp_path)] == ["file"]


def test_a_statement_that_goes_takes_its_facts_along_visibly(tmp_path: Path) -> None:
    checked(tmp_path, SOUND)
    documents = [
        replace(document, statements=document.statements[:-1])
        for document in load_corpus(tmp_path).documents
    ]
    assert [one.line for one in check_coverage(tmp_path, documents)] == [6]


def test_our_coverage_leaves_no_fact_without_a_row() -> None:
    covered = {placement.fact_id for placement in read_coverage(OURS, [])}
    facts = {fact_id for fact_id in covered if fact_id.startswith("F")}
    assert facts == {f"F{number:03}" for number in range(1, 419)}


def test_our_coverage_answers_for_every_collected_fact(
    shared_file: Callable[[str], Path],
) -> None:
    facts = lines(shared_file("facts/facts.jsonl"))
    seeds = lines(shared_file("facts/seed_facts.jsonl"))
    collected = {fact["id"] for fact in facts}
    collected |= {seed["id"] for seed in seeds if seed["kind"] != "boilerplate"}
    assert {placement.fact_id for placement in read_coverage(OURS, [])} == collected


def lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

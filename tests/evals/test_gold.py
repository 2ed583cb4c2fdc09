"""Gold files are read whole or refused at the line to correct."""

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest

from evals.gold import GoldItem, read_gold, split_of
from ingest.errors import DatasetError, PathMissingError

Write = Callable[[Path, Sequence[object]], Path]

GOLD = Path(__file__).parents[2] / "evals" / "gold"

ITEM = {
    "id": "q1",
    "language": "ary",
    "question": "شحال ديال الوقت عندي؟",
    "history": [{"role": "user", "content": "سلام"}],
    "kind": "number",
    "expect": ["answered"],
    "best": "answered",
    "facts": [{"type": "number", "any": ["150"], "near": ["يوم"], "must": True}],
    "forbidden": [],
}


def test_an_item_is_read_with_its_history_and_facts(tmp_path: Path, write_lines: Write) -> None:
    (item,) = read_gold(write_lines(tmp_path / "gold.jsonl", [ITEM, ""])).items
    assert item.question == ITEM["question"]
    assert item.history[0].content == "سلام"
    assert item.facts[0].near == ("يوم",)
    assert item.answerable


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("{", "JSON"),
        (json.dumps({**ITEM, "id": "q2", "extra": 1}), "extra"),
        (json.dumps({**ITEM, "id": "q2", "best": "perhaps"}), "best"),
        (json.dumps({**ITEM, "id": "q2", "facts": [{"type": "number", "any": []}]}), "any"),
        (json.dumps({**ITEM, "id": "q2", "forbidden": ["%"]}), "forbidden"),
        (json.dumps({k: v for k, v in ITEM.items() if k != "kind"}), "kind"),
        (json.dumps(ITEM), "id"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, write_lines: Write, line: str, named: str) -> None:
    path = write_lines(tmp_path / "gold.jsonl", [ITEM, "", line])
    with pytest.raises(DatasetError) as caught:
        read_gold(path)
    assert f"{path}:3:" in str(caught.value)
    assert named in str(caught.value)


def test_bytes_that_are_not_text_are_named(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_bytes(json.dumps(ITEM).encode() + b"\n\xff\n")
    with pytest.raises(DatasetError, match=":2:"):
        read_gold(path)


def test_a_line_separator_inside_a_string_ends_no_line(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    text = json.dumps({**ITEM, "question": "a\u2028b"}, ensure_ascii=False)
    path.write_text("\ufeff" + text + "\r\n", encoding="utf-8", newline="")
    assert read_gold(path).items[0].question == "a\u2028b"


def test_a_missing_and_an_empty_file_are_refused(tmp_path: Path, write_lines: Write) -> None:
    with pytest.raises(PathMissingError, match="absent"):
        read_gold(tmp_path / "absent.jsonl")
    with pytest.raises(DatasetError, match="no question"):
        read_gold(write_lines(tmp_path / "empty.jsonl", [""]))


@pytest.mark.parametrize(
    ("best", "answerable"),
    [("answered", True), ("partial", True), ("conflict", True), ("unanswerable", False),
     ("refused", False), ("out_of_scope", False), ("clarify", False)],
)  # fmt: skip
def test_answerable_follows_the_best_status(
    make_item: Callable[..., GoldItem], best: str, answerable: bool
) -> None:
    assert make_item(best=best).answerable is answerable


def test_evidence_and_what_else_suits_are_read(tmp_path: Path, write_lines: Write) -> None:
    more = {
        "replies": ["fr"], "as_of": "2026-01-01", "standalone": "x", "sheets": ["delay"],
        "tags": ["numeric"],
        "evidence": [{"document": "delay.ar", "statement": "now", "start": 0, "end": 9}],
    }  # fmt: skip
    gold = read_gold(write_lines(tmp_path / "gold.jsonl", ["", {**ITEM, **more}]))
    (item,) = gold.items
    assert (item.replies, item.as_of) == (("fr",), date(2026, 1, 1))
    assert item.evidence[0].grade == 2
    assert (gold.name, gold.lines) == ("gold.jsonl", (2,))


@pytest.mark.parametrize(
    "evidence",
    [
        {"document": "", "statement": "now", "start": 0, "end": 9},
        {"document": "d", "statement": "now", "start": -1, "end": 9},
        {"document": "d", "statement": "now", "start": 0, "end": 0},
        {"document": "d", "statement": "now", "start": 0, "end": 9, "grade": 3},
        {"document": "d", "start": 0, "end": 9},
    ],
)
def test_evidence_is_a_span_with_a_grade(
    tmp_path: Path, write_lines: Write, evidence: dict[str, object]
) -> None:
    path = write_lines(tmp_path / "gold.jsonl", [{**ITEM, "evidence": [evidence]}])
    with pytest.raises(DatasetError, match=r":1: evidence\.0\."):
        read_gold(path)


def test_the_hash_is_that_of_the_bytes(tmp_path: Path, write_lines: Write) -> None:
    one, two = (
        write_lines(tmp_path / name, [{**ITEM, "note": note}])
        for name, note in (("one.jsonl", "a"), ("two.jsonl", "b"))
    )
    assert read_gold(one).sha256 == hashlib.sha256(one.read_bytes()).hexdigest()
    assert read_gold(one).sha256 != read_gold(two).sha256


def test_the_split_of_a_sheet_never_moves() -> None:
    known = {"drawback": "dev", "delay": "dev", "carpet-desk": "dev", "olive-permit": "test"}
    assert {family: split_of(family) for family in known} == known
    many = [split_of(f"sheet-{n}") for n in range(400)]
    assert 150 < many.count("dev") < 250


def test_the_committed_gold_can_be_read() -> None:
    golds = [read_gold(GOLD / name) for name in ("dev.jsonl", "test.jsonl")]
    items = [item for gold in golds for item in gold.items]
    assert {item.language for item in items} == {"fr", "ar", "en", "ary", "ary-latn"}
    assert all(item.facts for item in items if item.answerable)
    assert len(items) >= 600


def test_the_worked_questions_can_be_read() -> None:
    repository = Path(__file__).parents[2]
    shared = Path(os.environ.get("SANAD_SHARED") or repository / ".." / "shared")
    path = shared / "questions" / "dev_questions.jsonl"
    if not path.is_file() and not os.environ.get("CI"):
        pytest.skip(f"SANAD_SHARED has no {path.name}")
    items = read_gold(path).items
    assert {item.language for item in items} == {"fr", "ar", "en", "ary", "ary-latn"}
    assert all(item.facts for item in items if item.answerable)

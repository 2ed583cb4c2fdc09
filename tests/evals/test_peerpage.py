"""The page: the best in bold whoever it is, peers ahead told, failures shown."""

from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from evals.peers.bench import Entry, Failure
from evals.peers.cell import TITLES, Cell, cells
from evals.peers.page import ahead, page, table
from evals.runfolder import Environment
from tests.evals.peering import TASK, conditions, entry, peer, run

WHERE = Environment(python="3.11.2", platform="Linux-test", processors=2, packages={})


def shown(*entries: Entry) -> str:
    return page(entries, TASK, conditions(Path("weights")), WHERE, "abc123")


def cell_of(text: str, name: str, title: str) -> str:
    """What the first table of a page says of a subject in a column."""
    lines = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("|")]
    row = next(line for line in lines if line[0] == name)
    return row[lines[0].index(title)]


def test_a_figure_is_the_median_of_its_rounds_with_its_spread() -> None:
    runs = [run("sanad", number, p50=value) for number, value in ((1, 9.0), (2, 5.0), (3, 6.04))]
    cell = cells(entry("sanad", *runs), TASK)["p50"]
    assert (cell.short, cell.spread, cell.value) == ("6.0 ms", "[5.0, 9.0]", 6.0)


def test_the_best_is_bold_whoever_it_is() -> None:
    text = shown(
        entry("sanad", run("sanad", p50=8.0, ingest=11.0, load=1.0), size=900_000_000),
        entry("other", run("other", p50=25.0, ingest=40.0, load=1.0), size=400_000_000),
    )
    assert cell_of(text, "sanad", "p50") == "**8.0 ms**"
    assert cell_of(text, "other", "p50") == "25.0 ms"
    assert cell_of(text, "sanad", "ingest") == "11.0/s"
    assert cell_of(text, "other", "ingest") == "**40.0/s**"
    assert cell_of(text, "other", "install") == "**400 MB**"
    assert cell_of(text, "sanad", "load") == cell_of(text, "other", "load") == "**1.00 s**"
    assert "- other: ingest (40.0/s against 11.0/s), install (400 MB against 900 MB)" in text


def test_nobody_ahead_is_told_too() -> None:
    rows = {"sanad": cells(entry("sanad", run("sanad")), TASK)}
    assert list(ahead({**rows, "slow": cells(entry("slow", run("slow", p50=90.0)), TASK)})) == [
        "Nobody, in nothing."
    ]


def test_quality_counts_what_was_found_among_all_that_was_asked() -> None:
    half = replace(run("half"), found={"q1": ("delai.fr:0-36",), "q2": ()})
    made = cells(entry("half", half), TASK)
    assert made["recall@10"].value == made["MRR@10"].value == made["nDCG@10"].value == 0.5
    assert made["recall@10"].beats(Cell(0.4, "", "", lower=False))
    assert made["recall@10"].spread.startswith("[")


def test_a_failure_is_shown_and_not_hidden() -> None:
    failed = Entry(peer("gone"), None, (), (Failure("gone", "installation", "ERROR: no wheel"),))
    text = shown(entry("sanad", run("sanad")), failed)
    assert {cell_of(text, "gone", title) for title in TITLES} == {"-"}
    assert "- gone, installation: ERROR: no wheel" in text
    assert "**" in cell_of(text, "sanad", "p50")


def test_ratios_pair_the_rounds() -> None:
    sanad = entry("sanad", run("sanad", 1, p50=10.0), run("sanad", 2, p50=40.0))
    other = entry("other", run("other", 1, p50=20.0), run("other", 2, p50=80.0))
    text = shown(sanad, other, entry("late", run("late", 3, p50=1.0)))
    ratios = text.partition("as a multiple")[2]
    assert cell_of(ratios, "other", "p50") == "0.50"
    assert "| late |" not in ratios


def test_without_sanad_the_others_are_still_shown() -> None:
    failed = Entry(peer("sanad"), None, (), (Failure("sanad", "round 1", "MemoryError"),))
    text = shown(failed, entry("other", run("other")))
    assert cell_of(text, "other", "p50") == "**20.0 ms**"
    assert "- sanad, round 1: MemoryError" in text
    assert "Sanad was not measured in full" in text
    assert "Nobody, in nothing" not in text


def test_the_page_tells_where_and_with_what_it_was_measured() -> None:
    text = shown(entry("sanad", run("sanad")))
    for told in (
        "Linux-test, 2 processors",
        "abc123",
        "words, sha256 000",
        "pytest 9",
        "3 passages",
    ):
        assert told in text


@given(st.lists(st.integers(1, 50), min_size=1, max_size=6))
def test_bold_are_those_that_no_one_beats(values: list[int]) -> None:
    rows = {
        f"p{place}": {"p50": Cell(value, f"{value} ms", "", lower=True)}
        for place, value in enumerate(values)
    }
    text = table(rows)
    for place, value in enumerate(values):
        bold = cell_of(text, f"p{place}", "p50").startswith("**")
        assert bold == (value == min(values))

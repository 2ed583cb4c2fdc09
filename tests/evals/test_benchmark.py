"""Systems side by side: no table of what does not belong together, and no baseline hidden."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest

from evals.benchmark import read_benchmark
from evals.benchmarkpage import BEGIN, END, MarkMissingError, page, replace_block, short
from evals.gold import GoldItem
from evals.runfolder import Config, RunFolder, RunMismatchError, Timing
from evals.score import Result, Scores
from evals.spans import language_pair
from evals.summary import ALL, summarise
from ingest.errors import PathMissingError

DAY = date(2026, 11, 22)
Record = Callable[..., Path]


@pytest.fixture
def items(make_item: Callable[..., GoldItem]) -> list[GoldItem]:
    """40 questions about 20 sheets: two thirds French, the rest Arabic, a quarter unanswerable."""
    silent: dict[str, object] = {"expect": ["unanswerable"], "best": "unanswerable", "facts": []}
    return [
        make_item(
            id=f"q{at:02}",
            language="ar" if at % 3 == 0 else "fr",
            question="ما هو الأجل؟" if at % 3 == 0 else "Quel est le délai ?",
            sheets=[f"sheet-{at // 2}"],
            **(silent if at % 4 == 0 else {}),
        )
        for at in range(40)
    ]


def scored(item: GoldItem, crag: float, recall_10: float | None, pair: str | None) -> Result:
    right = float(crag == 1)
    scores = Scores(
        crag=crag, status_ok=right, status_best=right, language_ok=1, figure_precision=1
    )
    asked = (
        {"fact_recall": right, "cit_recall": right, "cit_precision": right, "false_refusal": 0.0}
        if item.answerable
        else {"false_answer": 1 - right}
    )
    if item.answerable and recall_10 is not None:
        asked["recall_10"] = recall_10
    scores = scores.model_copy(update=asked)
    return Result(item=item, pair=pair, scores=scores)


def met(item: GoldItem, crossing: bool | None) -> str | None:
    """A pair for answerable items, across languages in Arabic if there is any crossing."""
    if crossing is None or not item.answerable:
        return None
    is_across = crossing and item.language == "ar"
    return language_pair(item.language, "fr" if is_across else item.language)


@pytest.fixture
def record(tmp_path: Path, items: list[GoldItem]) -> Record:
    """A finished run of a system that gets every question right of which `right` holds."""

    def build(
        system: str,
        right: Callable[[int], bool] = lambda _at: True,
        *,
        chosen: Sequence[int] = range(40),
        recall_10: float | None = 0.5,
        crossing: bool | None = None,
        finished: bool = True,
        name: str = "",
        **fields: object,
    ) -> Path:
        folder = RunFolder(tmp_path / (name or system))
        values: dict[str, object] = {
            "system": system, "gold": "dev.jsonl", "gold_sha256": f"{len(chosen):064}",
            "generation": "abc", "embedder": "e5 1", "composer": "extractive", "model": None,
            "prompt": None, "support": "words", "day": DAY, "seed": 1, "commit": "c0ffee",
        }  # fmt: skip
        folder.begin(Config.model_validate({**values, **fields}))
        results = [
            scored(items[at], 1.0 if right(at) else -1.0, recall_10, met(items[at], crossing))
            for at in chosen
        ]
        timings = [Timing(id=row.id, ms={"total": 100.0 * at}) for at, row in enumerate(results, 1)]
        if finished:
            folder.finish(results, timings, summarise(results))
        return folder.path

    return build


def test_a_baseline_that_is_ahead_is_shown_with_how_sure_that_is(record: Record) -> None:
    runs = [
        record("bm25", recall_10=1.0),
        record("sanad", lambda at: at % 2 == 0),
        record("dense", lambda at: at % 2 == 0 and at != 20),
    ]
    [section] = read_benchmark(runs)
    assert [entry.label for entry in section.entries] == ["sanad", "bm25", "dense"]
    ahead = {(label, delta.slice, delta.metric): delta for label, delta in section.ahead()}
    crag = ahead["bm25", ALL, "crag"]
    assert (crag.before, crag.after, crag.turn) == (0.0, 1.0, "better")
    assert crag.p <= crag.adjusted <= 0.05
    assert 0 < crag.detectable < 1
    assert ("bm25", "language:ar", "crag") in ahead
    assert ahead["bm25", ALL, "recall_10"].delta == 0.5
    assert not any(label == "dense" for label, _, _ in ahead)
    assert ("bm25", ALL, "false_answer") not in ahead
    text = page((section,))
    assert "| crag | bm25 |" in text
    assert text.index("Where another system is ahead") < text.index("| bm25 | all | crag |")
    assert text.count("| better |") >= 2


def test_lower_is_better_where_it_is(record: Record) -> None:
    runs = [record("sanad", lambda at: at % 4 != 0), record("dense")]
    [section] = read_benchmark(runs)
    deltas = {delta.metric: delta for delta in section.deltas["dense"] if delta.slice == ALL}
    assert (deltas["false_answer"].delta, deltas["false_answer"].turn) == (-1.0, "better")
    assert ("dense", deltas["false_answer"]) in list(section.ahead())


def test_equal_systems_are_told_to_be_alike(record: Record) -> None:
    [section] = read_benchmark([record("sanad"), record("bm25")])
    assert not list(section.ahead())
    text = page((section,))
    assert "Nowhere." in text
    assert "| crag | all alike | all alike | all alike |" in text


def test_what_a_system_does_not_show_is_a_dash_and_is_not_compared(record: Record) -> None:
    model = {"composer": "llm", "model": "qwen", "prompt": "p.v1 123"}
    runs = [record("sanad"), record("closed-book", lambda at: at < 20, recall_10=None, **model)]
    [section] = read_benchmark(runs)
    assert {delta.metric for delta in section.deltas["closed-book + qwen"]} == {
        "crag", "fact_recall", "figure_precision", "cit_recall", "cit_precision", "false_answer",
        "false_refusal",
    }  # fmt: skip
    row = next(line for line in page((section,)).splitlines() if line.startswith("| closed-book"))
    assert row.split(" | ")[8] == "-"
    assert "prompt of closed-book + qwen: p.v1 123" in page((section,))


def test_recall_stands_by_the_languages_of_question_and_evidence(record: Record) -> None:
    model = {"composer": "llm", "model": "qwen", "prompt": "p 1"}
    runs = [
        record("sanad", lambda at: at % 3 != 0, crossing=True, recall_10=0.75),
        record("bm25", crossing=True, recall_10=0.25),
        record("closed-book", crossing=True, recall_10=None, **model),
    ]
    text = page(read_benchmark(runs))
    block = text[text.index("### recall@10 by language") :].split("\n\n")[2].splitlines()
    header, _, sanad, bm25, closed = block
    assert header == "| system | across, n 10 | same, n 20 | ar-fr, n 10 | fr-fr, n 20 |"
    assert sanad.count("0.75 [") == bm25.count("0.25 [") == 4
    assert closed == "| closed-book + qwen | - | - | - | - |"


def test_runs_that_do_not_tell_languages_have_no_such_table(record: Record) -> None:
    assert "### recall@10" not in page(read_benchmark([record("sanad"), record("bm25")]))


def test_holm_counts_every_test_of_the_section(record: Record) -> None:
    alone = read_benchmark([record("sanad", lambda at: at % 2 == 0), record("bm25")])[0]
    more = {"dense": 3, "langchain": 5}
    runs = [record("sanad", lambda at: at % 2 == 0, name="s"), record("bm25", name="b")]
    runs += [record(name, lambda at, step=step: at % step == 0) for name, step in more.items()]
    among = read_benchmark(runs)[0]
    first = {(d.slice, d.metric): d for d in alone.deltas["bm25"]}
    assert among.tests() == 3 * alone.tests()
    for delta in among.deltas["bm25"]:
        before = first[delta.slice, delta.metric]
        assert delta.p == before.p
        assert delta.adjusted >= before.adjusted


def test_a_sample_is_compared_on_its_own_questions(record: Record) -> None:
    model = {"composer": "llm", "model": "qwen", "prompt": "p 1"}
    few = list(range(0, 40, 4))
    runs = [
        record("sanad", lambda at: at % 8 == 0),
        record("bm25"),
        record("langchain", lambda at: at == 0, chosen=few, gold="dev.jsonl, 10 of 40", **model),
    ]
    whole, sampled = read_benchmark(runs)
    assert [entry.label for entry in whole.entries] == ["sanad", "bm25"]
    assert [entry.label for entry in sampled.entries] == ["sanad", "langchain + qwen"]
    cut = sampled.reference
    assert [result.id for result in cut.results] == [f"q{at:02}" for at in few]
    assert cut.summary == summarise(cut.results, 1)
    assert cut.summary.groups[ALL].n == len(cut.timings) == 10
    assert sampled.gold == "dev.jsonl, 10 of 40"
    drafted = record("sanad", chosen=few, name="drafted", gold="dev.jsonl, 10 of 40", **model)
    _, both = read_benchmark([*runs, drafted])
    assert [entry.label for entry in both.entries] == [
        "sanad + qwen", "sanad", "langchain + qwen",
    ]  # fmt: skip
    text = page((whole, both))
    assert "## dev.jsonl: 40 questions" in text
    assert "## dev.jsonl, 10 of 40: 10 questions" in text


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"generation": "def"}, "generation"),
        ({"day": date(2025, 1, 1)}, "day"),
        ({"support": "nli"}, "support"),
        ({"commit": "decaf", "seed": 2}, "commit, seed"),
    ],
)
def test_runs_that_do_not_belong_together_are_refused(
    record: Record, fields: dict[str, object], named: str
) -> None:
    with pytest.raises(RunMismatchError, match=rf"sanad and .*bm25 differ in {named};"):
        read_benchmark([record("sanad"), record("bm25", **fields)])


def test_without_sanad_there_is_nothing_to_compare_with(record: Record) -> None:
    with pytest.raises(RunMismatchError, match="no run of sanad"):
        read_benchmark([record("bm25"), record("dense")])


def test_the_same_system_twice_is_refused(record: Record) -> None:
    with pytest.raises(RunMismatchError, match="bm25 is there twice"):
        read_benchmark([record("sanad"), record("bm25"), record("bm25", name="again")])


def test_a_run_that_was_not_finished_is_named(record: Record) -> None:
    with pytest.raises(PathMissingError, match=r"bm25.summary\.json"):
        read_benchmark([record("sanad"), record("bm25", finished=False)])


def test_the_readme_gets_the_short_table_between_its_marks(record: Record) -> None:
    [section] = read_benchmark([record("sanad", lambda at: at % 2 == 0), record("bm25")])
    table = short(section)
    assert f"generation {section.reference.config.generation}" in table
    assert "| sanad | 0.00 [" in table
    assert "silence throughout would score crag +0.25" in table
    assert f"{len(list(section.ahead()))} of {section.tests()} comparisons" in table
    text = f"# سند\n{BEGIN}\nold\n{END}\nafter\n"
    assert replace_block(text, table) == f"# سند\n{BEGIN}\n{table}{END}\nafter\n"
    assert replace_block(replace_block(text, "x\n"), table) == replace_block(text, table)


@pytest.mark.parametrize(
    "text",
    ["", "# page\n", f"{BEGIN}\n", f"{END}\n{BEGIN}\n", f"{BEGIN}\n{BEGIN}\n{END}\n",
     f"{BEGIN}\n{END}\n{BEGIN}\n{END}\n"],
)  # fmt: skip
def test_a_page_without_its_marks_is_left_alone(text: str) -> None:
    with pytest.raises(MarkMissingError, match=BEGIN):
        replace_block(text, "table\n")


def test_rows_have_the_cells_of_their_header(record: Record) -> None:
    model = {"composer": "llm", "model": "qwen", "prompt": "p 1"}
    sections = read_benchmark(
        [
            record("sanad", lambda at: at % 2 == 0),
            record("bm25"),
            record("langchain", chosen=range(8), gold="dev.jsonl, 8 of 40", **model),
        ]
    )
    for block in (page(sections), short(sections[0])):
        for table in block.split("\n\n"):
            rows = [line for line in table.splitlines() if line.startswith("|")]
            assert len({row.count("|") for row in rows}) <= 1
            assert len(rows) != 2

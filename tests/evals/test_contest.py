"""Who is the default composer: by rule, and with what was held back shown in full."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from assistant.answer import Answer, Citation, Engine, Sentence
from evals.benchmark import Section, read_benchmark
from evals.contest import contest, cost, drops, winner
from evals.contestpage import page
from evals.gold import GoldItem
from evals.runfolder import Config, RunFolder, RunMismatchError, Timing
from evals.score import Drafted, Result, Scores
from evals.summary import summarise

DAY = date(2026, 11, 22)
QUOTE = "يسلم الإذن داخل أجل أقصاه 10 أيام."
MODEL = "qwen"
Record = Callable[..., Path]


@pytest.fixture
def record(tmp_path: Path, make_item: Callable[..., GoldItem]) -> Record:
    """A finished run: right where `right` holds, with the drafts and times of a model if any."""

    def build(
        model: str | None = None,
        right: Callable[[int], bool] = lambda at: at % 3 > 0,
        *,
        n: int = 60,
        sentence: float = 900.0,
        total: float = 2000.0,
        drafts: tuple[Drafted, ...] = (),
        precision: float = 1,
    ) -> Path:
        config = Config.model_validate(
            {
                "system": "sanad", "gold": "dev.jsonl", "gold_sha256": f"{n:064}",
                "generation": "g", "embedder": "e5", "model": model,
                "composer": "llm" if model else "extractive",
                "prompt": None, "support": "words", "day": DAY, "seed": 1, "commit": "c0ffee",
            }
        )  # fmt: skip
        folder = RunFolder(tmp_path / (model or "extractive"))
        folder.begin(config)
        results = [
            _result(make_item, at, right=float(right(at)), drafts=drafts, precision=precision)
            for at in range(n)
        ]
        times = {"citations": 90.0, "token": 400.0, "sentence": sentence, "total": total}
        timings = [Timing(id=result.id, ms=times) for result in results]
        folder.finish(results, timings, summarise(results))
        return folder.path

    return build


def _result(
    make_item: Callable[..., GoldItem],
    at: int,
    *,
    right: float,
    drafts: tuple[Drafted, ...],
    precision: float,
) -> Result:
    item = make_item(id=f"q{at:02}", language="ar", question="ما هو الأجل؟", sheets=[f"s{at}"])
    scores = Scores(
        crag=2 * right - 1, status_ok=right, status_best=right, language_ok=1,
        figure_precision=precision, fact_recall=right,
    )  # fmt: skip
    return Result(item=item, answer=_answer(), drafts=drafts, prompt_tokens=300 + at, scores=scores)


def _answer() -> Answer:
    citation = Citation(
        n=1, document_id="d", title="t", publisher=None, url=None, source_date=None, as_of=None,
        language="ar", section="", quote=QUOTE, start=0, end=len(QUOTE),
    )  # fmt: skip
    return Answer(
        id="", status="answered", reason=None, language="ar", text=QUOTE,
        sentences=(Sentence(text=QUOTE, citations=(1,), mode="generated"),), citations=(citation,),
        conflicts=(), notices=(), handoff=None, follow_ups=(),
        engine=Engine(composer="llm", model=MODEL, generation="g"), timings_ms={},
    )  # fmt: skip


def section(*runs: Path) -> Section:
    [found] = read_benchmark(runs)
    return found


def failing(found: Section) -> set[str]:
    [criteria] = contest(found).values()
    return {criterion.name for criterion in criteria if not criterion.met}


def test_a_model_that_answers_more_in_time_wins(record: Record) -> None:
    found = section(record(), record(MODEL, lambda _at: True))
    assert failing(found) == set()
    best = winner(found, contest(found), DAY)
    assert (best.composer, best.model, best.day) == ("llm", MODEL, DAY)
    assert "60 questions of dev.jsonl" in best.because


def test_a_model_that_changes_nothing_does_not(record: Record) -> None:
    found = section(record(), record(MODEL))
    assert failing(found) == {"gain"}
    best = winner(found, contest(found), DAY)
    assert (best.composer, best.model) == ("extractive", None)
    assert "fails gain" in best.because


@pytest.mark.parametrize(
    ("fields", "failed"),
    [
        ({"n": 59}, {"size"}),
        ({"precision": 0.9999}, {"figures"}),
        ({"sentence": 5001.0}, {"first sentence"}),
        ({"total": 15001.0}, {"whole answer"}),
    ],
)
def test_each_condition_can_fail_alone(
    record: Record, fields: dict[str, float], failed: set[str]
) -> None:
    n = int(fields.get("n", 60))
    found = section(record(n=n), record(MODEL, lambda _at: True, **fields))
    assert failing(found) == failed
    assert winner(found, contest(found), DAY).composer == "extractive"


def test_a_loss_that_chance_might_hide_is_a_loss(record: Record) -> None:
    found = section(record(), record(MODEL, lambda at: at % 3 > 0 and at not in {1, 2, 4}))
    assert {"crag", "fact_recall", "gain"} <= failing(found)


def test_of_two_that_pass_the_better_one_is_taken(record: Record) -> None:
    runs = [record(), record("small", lambda at: at > 3), record("large", lambda _at: True)]
    found = section(*runs)
    assert winner(found, contest(found), DAY).model == "large"


def test_the_extractive_run_comes_first(record: Record) -> None:
    found = section(record(MODEL), record())
    with pytest.raises(RunMismatchError, match="SANAD_LLM=none"):
        contest(found)


DROPS = (
    Drafted(text=QUOTE, evidence=(1,), reason=""),
    Drafted(text="يسلم داخل 12 يوما `<b>`.", evidence=(1,), reason="figure"),
    Drafted(text="تسلمه الولاية.", evidence=(1, 9), reason="citation"),
)


def test_what_was_held_back_is_counted_and_shown_with_the_words_it_cited(record: Record) -> None:
    found = section(record(), record(MODEL, drafts=DROPS))
    held = drops(found.entries[1].results)
    assert len(held) == 120
    assert [drop.unproven_figures for drop in held[:2]] == [True, False]
    assert held[0].cited == (QUOTE,)
    verdicts = contest(found)
    text = page(found, verdicts, winner(found, verdicts, DAY))
    assert "| 180 | 60 | 120 (67%) |" in text
    assert "| figure 60, citation 60 | 60 |" in text
    assert "10 of 120 dropped" in text
    assert text.count("drafted: ") == 10
    assert f"cited: `{QUOTE}`" in text
    assert "`يسلم داخل 12 يوما '<b>'.`" in text


def test_what_an_answer_costs_is_a_median(record: Record) -> None:
    spent = cost(section(record(), record(MODEL)).entries[1])
    assert (spent.first_citation, spent.first_sentence, spent.total) == (90, 900, 2000)
    assert (spent.prompt_tokens, spent.output_tokens) == (329.5, None)
    assert spent.first_token == 400
    assert spent.words == spent.words_a_sentence == len(QUOTE.split())
    assert spent.generated == 1

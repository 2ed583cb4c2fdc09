"""A run over a gold file: nothing leaves a denominator, and errors are wrong answers."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from assistant.answer import Answer, Citation, Status
from assistant.question import Question
from evals.gold import GoldItem, read_gold
from evals.run import ALL, Result, Run, ask, evaluate, groups, measure, save
from evals.table import render
from ingest.document import Document
from ingest.errors import DocumentMissingError, LanguageModelError, SanadError, StorageError

MakeAnswer = Callable[..., Answer]
MakeItem = Callable[..., GoldItem]
Cite = Callable[..., Citation]
Write = Callable[[Path, Sequence[object]], Path]
Lookup = Callable[[str], Document]


class Queued:
    """Gives the answers it was handed, in turn; raises those that are errors."""

    def __init__(self, *outcomes: Answer | SanadError) -> None:
        self.outcomes = list(outcomes)
        self.asked: list[Question] = []

    def ask(self, question: Question) -> Answer:
        self.asked.append(question)
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, SanadError):
            raise outcome
        return outcome


@pytest.fixture
def lookup(document: Document) -> Lookup:
    def find(document_id: str) -> Document:
        if document_id != document.id:
            raise DocumentMissingError(document_id)
        return document

    return find


@pytest.fixture
def right(cite: Cite, make_answer: MakeAnswer) -> Answer:
    citation = cite(1, 0, 26)
    return make_answer([(citation.quote, (1,))], [citation])


@pytest.fixture
def silent(make_answer: MakeAnswer) -> Answer:
    return make_answer(status="unanswerable", lead="Les documents ne répondent pas.")


def test_a_right_answer_scores_1_everywhere(
    make_item: MakeItem, right: Answer, lookup: Lookup
) -> None:
    result = measure(make_item(), right, lookup, 1.0)
    given = {name: score for name, score in result.scores.model_dump().items() if score is not None}
    assert given.pop("false_refusal") == 0
    assert set(given.values()) == {1}
    assert result.scores.false_answer is None
    assert result.cited == ("delay.fr",)


def test_withholding_an_answer_scores_0_and_stays(
    make_item: MakeItem, silent: Answer, lookup: Lookup
) -> None:
    scores = measure(make_item(), silent, lookup, 1.0).scores
    assert scores.crag == 0
    assert (scores.fact_recall, scores.cited, scores.quotes_exact) == (0, 0, 0)
    assert scores.figure_precision == 1
    assert scores.false_refusal == 1


def test_an_invented_figure_and_an_altered_quote_are_named(
    make_item: MakeItem, make_answer: MakeAnswer, cite: Cite, lookup: Lookup
) -> None:
    citation = cite(1, 0, 26, quote="Le délai est de 151 jours.")
    answer = make_answer([("Le délai est de 150 jours.", (1,))], [citation])
    result = measure(make_item(), answer, lookup, 1.0)
    assert result.unsupported == ("150 jours",)
    assert result.altered == 1
    assert result.scores.crag == -1
    assert result.scores.quotes_exact == 0


def test_a_citation_of_a_document_that_does_not_exist_is_altered(
    make_item: MakeItem, right: Answer
) -> None:
    def nothing(document_id: str) -> Document:
        raise DocumentMissingError(document_id)

    assert measure(make_item(), right, nothing, 1.0).altered == 1


def test_a_forbidden_number_in_the_hand_off_spoils_a_refusal(
    make_item: MakeItem, make_answer: MakeAnswer, lookup: Lookup
) -> None:
    item = make_item(
        expect=["unanswerable"], best="unanswerable", facts=[], forbidden=["0537739327"]
    )
    contact = {"kind": "phone", "value": "05 37 73 93 27", "source": "s"}
    handoff = {"body": "Ministère", "why": "", "contacts": [contact]}
    answer = make_answer(status="unanswerable", lead="Non.", handoff=handoff)
    result = measure(item, answer, lookup, 1.0)
    assert result.forbidden == ("0537739327",)
    assert result.scores.crag == -1


@pytest.mark.parametrize(
    ("best", "wrong"), [("answered", "false_refusal"), ("refused", "false_answer")]
)
def test_an_error_is_the_worst_outcome(
    make_item: MakeItem, lookup: Lookup, best: str, wrong: str
) -> None:
    ticks = iter([1.0, 1.25])
    assistant = Queued(LanguageModelError("away"))
    result = ask(make_item(best=best), assistant, lookup, lambda: next(ticks))
    assert result.status is None
    assert result.error == "language_model_failed: away"
    assert result.latency_ms == 250
    given = {name: score for name, score in result.scores.model_dump().items() if score is not None}
    assert given.pop("crag") == -1
    assert given.pop(wrong) == 1
    assert set(given.values()) == {0}


def test_the_language_is_not_told_and_the_history_is(
    make_item: MakeItem, right: Answer, lookup: Lookup
) -> None:
    assistant = Queued(right)
    item = make_item(history=[{"role": "user", "content": "سلام"}])
    ask(item, assistant, lookup)
    assert assistant.asked == [Question(question=item.question, history=item.history)]
    assert assistant.asked[0].language is None


def test_errors_stay_in_every_mean(make_item: MakeItem, right: Answer, lookup: Lookup) -> None:
    good = measure(make_item(), right, lookup, 10.0)
    bad = ask(make_item(id="q2"), Queued(LanguageModelError("away")), lookup)
    for name, value in groups([good, bad])[ALL].means.items():
        expected = {"crag": 0, "false_answer": None}.get(name, 0.5)
        assert value == expected, name


def test_groups_put_the_worst_language_first(
    make_item: MakeItem, right: Answer, silent: Answer, lookup: Lookup
) -> None:
    results = [
        measure(make_item(), right, lookup, 10.0),
        measure(make_item(id="q2", language="ar"), silent, lookup, 30.0),
    ]
    found = groups(results)
    assert list(found) == ["ar", "fr", ALL]
    assert found[ALL].n == 2
    assert (found[ALL].p50_ms, found[ALL].p95_ms) == (10, 30)
    assert groups(results[::-1]) == found


def _evaluate(gold: Path, lookup: Lookup, *outcomes: Answer | SanadError) -> Run:
    return evaluate(
        read_gold(gold),
        Queued(*outcomes),
        lookup,
        generation="g",
        composer="extractive",
        model=None,
    )


def _timeless(results: Sequence[Result]) -> list[Result]:
    return [result.model_copy(update={"latency_ms": 0}) for result in results]


def test_equal_inputs_give_equal_runs_but_for_time(
    tmp_path: Path,
    *,
    make_item: MakeItem,
    right: Answer,
    silent: Answer,
    lookup: Lookup,
    write_lines: Write,
) -> None:
    rows = [make_item().model_dump(), make_item(id="q2", language="en").model_dump()]
    gold = write_lines(tmp_path / "gold.jsonl", rows)
    one, two = (_evaluate(gold, lookup, right, silent) for _ in range(2))
    assert _timeless(one.questions) == _timeless(two.questions)
    assert one.summary.gold_sha256 == two.summary.gold_sha256
    save(tmp_path / "out", one)
    lines = (tmp_path / "out" / "per_question.jsonl").read_text(encoding="utf-8").splitlines()
    assert [Result.model_validate_json(line) for line in lines] == list(one.questions)
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert summary == one.summary.model_dump(mode="json")


def test_results_that_cannot_be_written_are_an_error(
    tmp_path: Path, make_item: MakeItem, right: Answer, lookup: Lookup, write_lines: Write
) -> None:
    gold = write_lines(tmp_path / "gold.jsonl", [make_item().model_dump()])
    with pytest.raises(StorageError, match="--out"):
        save(gold, _evaluate(gold, lookup, right))


def test_the_table_holds_each_language_and_what_went_wrong(
    tmp_path: Path,
    *,
    make_item: MakeItem,
    right: Answer,
    silent: Answer,
    lookup: Lookup,
    write_lines: Write,
) -> None:
    rows = [make_item().model_dump(), make_item(id="q2", language="ary").model_dump()]
    gold = write_lines(tmp_path / "gold.jsonl", [*rows, make_item(id="q3").model_dump()])
    run = _evaluate(gold, lookup, right, silent, LanguageModelError("away"))
    header, ary, fr, total = render(run).splitlines()[2:6]
    assert "crag" in header
    assert fr.split()[:3] == ["fr", "2", "0.00"]
    assert ary.split()[:3] == ["ary", "1", "0.00"]
    assert total.split()[:3] == [ALL, "3", "0.00"]
    wrong = render(run).splitlines()[8:]
    assert [line.split()[1] for line in wrong] == ["q3", "q2"]
    assert "away" in wrong[0]
    assert "150 jours" in wrong[1]


STATUSES: list[Status] = ["answered", "partial", "conflict", "clarify", "unanswerable"]


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("best", STATUSES)
def test_all_scores_are_bounded(
    make_item: MakeItem, right: Answer, lookup: Lookup, status: Status, best: Status
) -> None:
    answer = right.model_copy(update={"status": status})
    scores = measure(make_item(best=best), answer, lookup, 1.0).scores.model_dump()
    assert -1 <= scores.pop("crag") <= 1
    assert all(score is None or 0 <= score <= 1 for score in scores.values())

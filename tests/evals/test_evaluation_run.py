"""A run over gold questions: nothing leaves a denominator, nothing that was done is lost."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Event, Timer

import pytest

from assistant.answer import Answer
from assistant.question import Question, Turn
from evals.gold import GoldItem
from evals.run import run, run_into
from evals.runfolder import CONFIG, RESULTS, SUMMARY, TIMINGS, RunFolder, RunMismatchError
from evals.score import Result, Scorer
from evals.summary import ALL, Summary
from evals.system import Observation
from ingest.errors import LanguageModelError, StorageError
from tests.evals.runs import DAY, Outcome, Scripted, config

MakeItem = Callable[..., GoldItem]

ASKED = (
    "Quel est le délai ?", "ما هو الأجل؟", "شحال ديال الوقت؟", "What is the time limit?",
    "Qui décide ?",
)  # fmt: skip


class InterruptedRunError(Exception):
    """Somebody pulled the plug."""


@dataclass(frozen=True, slots=True)
class Exam:
    """Questions, what a system makes of them, and the scorer."""

    items: tuple[GoldItem, ...]
    outcomes: dict[str, Outcome]
    scorer: Scorer

    def sit(
        self,
        folder: Path,
        *,
        jobs: int = 1,
        stop: int | None = None,
        system: Scripted | None = None,
        changes: Mapping[str, object] | None = None,
    ) -> Summary:
        """Run it into a folder; `stop` pulls the plug once that many are done."""

        def advance(done: int, _total: int) -> None:
            if done == stop:
                raise InterruptedRunError

        return run_into(
            RunFolder(folder),
            config(**(changes or {})),
            self.items,
            system or Scripted(self.outcomes),
            self.scorer,
            jobs=jobs,
            advance=advance,
        )


@pytest.fixture
def exam(make_item: MakeItem, right: Answer, silent: Answer, scorer: Scorer) -> Exam:
    """Five questions in four languages: right, withheld, and both ways of failing."""
    languages = ("fr", "ar", "ary", "en", "fr")
    items = tuple(
        make_item(id=f"q{n}", language=language, question=question)
        for n, (language, question) in enumerate(zip(languages, ASKED, strict=True), 1)
    )
    outcomes: Sequence[Outcome] = (
        right, silent, Observation(right, (), 4.0, right), LanguageModelError("نموذج غائب"),
        KeyError("oubli"),
    )  # fmt: skip
    return Exam(items, dict(zip(ASKED, outcomes, strict=True)), scorer)


def written(folder: Path) -> dict[str, bytes]:
    """The files that equal runs write alike."""
    return {name: (folder / name).read_bytes() for name in (CONFIG, RESULTS, SUMMARY)}


def test_a_question_is_asked_with_its_history_and_day_and_without_its_language(
    make_item: MakeItem, right: Answer, scorer: Scorer
) -> None:
    told = make_item(history=[{"role": "user", "content": "سلام"}], as_of="2025-01-01")
    system = Scripted({told.question: right})
    list(run([told, make_item(id="q2")], system, scorer, DAY))
    turn = Turn(role="user", content="سلام")
    assert system.asked == [
        Question(question=told.question, history=(turn,), as_of=date(2025, 1, 1)),
        Question(question=told.question, as_of=DAY),
    ]
    assert {question.language for question in system.asked} == {None}


def test_whatever_is_raised_is_named_and_scored_as_the_worst(exam: Exam) -> None:
    ran = run(exam.items, Scripted(exam.outcomes), exam.scorer, DAY)
    rows = {result.id: (result, timing) for result, timing in ran}
    assert len(rows) == 5
    for name, error in (
        ("q4", "language_model_failed: نموذج غائب"), ("q5", "internal (KeyError): 'oubli'"),
    ):  # fmt: skip
        result, timing = rows[name]
        assert result.error == error
        assert (result.answer, result.outcome, result.scores.crag) == (None, "error", -1)
        assert timing.ms == {}
    assert rows["q1"][1].ms["observed"] >= 0


def test_errors_stay_in_every_mean(
    tmp_path: Path, make_item: MakeItem, right: Answer, scorer: Scorer
) -> None:
    items = (make_item(question="a ?"), make_item(id="q2", question="b ?"))
    good = Observation(right, unguarded=right)
    exam = Exam(items, {"a ?": good, "b ?": LanguageModelError("away")}, scorer)
    total = exam.sit(tmp_path / "run").groups[ALL]
    assert (total.n, total.errors) == (2, 1)
    for name, mean in total.means.items():
        assert (mean.value, mean.n) == (0.0 if name == "crag" else 0.5, 2), name
    assert {"fact_recall", "cit_recall", "false_refusal", "unguarded_wrong"} <= set(total.means)


def test_equal_inputs_give_equal_bytes_however_many_are_asked_at_a_time(
    tmp_path: Path, exam: Exam
) -> None:
    late = Scripted(exam.outcomes, {ASKED[0]: 0.1, ASKED[1]: 0.05})
    one = exam.sit(tmp_path / "one")
    again = exam.sit(tmp_path / "again")
    four = exam.sit(tmp_path / "four", jobs=4, system=late)
    assert one == again == four
    assert written(tmp_path / "one") == written(tmp_path / "again") == written(tmp_path / "four")
    for name in ("one", "four"):
        folder = RunFolder(tmp_path / name)
        assert [result.id for result in folder.results()] == [item.id for item in exam.items]
        assert [timing.id for timing in folder.timings()] == [item.id for item in exam.items]
        assert folder.summary() == one


@pytest.mark.parametrize("jobs", [1, 4])
@pytest.mark.parametrize("stop", [1, 3])
def test_an_interrupted_run_asks_what_is_left_and_ends_the_same(
    tmp_path: Path, exam: Exam, *, stop: int, jobs: int
) -> None:
    exam.sit(tmp_path / "whole")
    with pytest.raises(InterruptedRunError):
        exam.sit(tmp_path / "cut", stop=stop, jobs=jobs)
    done = RunFolder(tmp_path / "cut").results()
    assert len(done) == stop
    assert not (tmp_path / "cut" / SUMMARY).exists()
    system = Scripted(exam.outcomes)
    exam.sit(tmp_path / "cut", system=system)
    asked = {question.question for question in system.asked}
    assert asked == {*ASKED} - {result.item.question for result in done}
    assert written(tmp_path / "cut") == written(tmp_path / "whole")


def test_a_run_that_is_done_asks_nobody_and_changes_nothing(tmp_path: Path, exam: Exam) -> None:
    exam.sit(tmp_path)
    before, system = written(tmp_path), Scripted({})
    exam.sit(tmp_path, system=system)
    assert system.asked == []
    assert written(tmp_path) == before


def test_whoever_stops_does_not_wait_for_what_is_still_to_be_asked(
    make_item: MakeItem, right: Answer, scorer: Scorer
) -> None:
    released = Event()

    class Slow(Scripted):
        def observe(self, question: Question) -> Observation:
            seen = super().observe(question)
            if len(self.asked) > 1:
                assert released.wait(60)
            return seen

    items = [make_item(id=f"q{n}") for n in range(50)]
    system = Slow({items[0].question: right})
    rows = run(items, system, scorer, DAY)
    next(rows)
    Timer(0.2, released.set).start()
    rows.close()  # type: ignore[attr-defined]
    assert len(system.asked) < 10


def test_a_line_that_was_cut_is_asked_again_and_spoils_no_other(tmp_path: Path, exam: Exam) -> None:
    exam.sit(tmp_path / "whole")
    for name in (RESULTS, TIMINGS):
        folder = tmp_path / f"cut-{name}"
        with pytest.raises(InterruptedRunError):
            exam.sit(folder, stop=2)
        data = (folder / name).read_bytes()
        (folder / name).write_bytes(data[:-9])
        for stop in (1, None):
            system = Scripted(exam.outcomes)
            if stop:
                with pytest.raises(InterruptedRunError):
                    exam.sit(folder, system=system, stop=stop)
                assert system.asked[0].question == ASKED[1]
                assert len(RunFolder(folder).results()) == 2
            else:
                exam.sit(folder, system=system)
                assert system.asked[0].question == ASKED[2]
        assert written(folder) == written(tmp_path / "whole")


@pytest.mark.parametrize(
    "changes",
    [{"generation": "another"}, {"gold_sha256": "1"}, {"day": "2026-11-22"}, {"commit": "c+1"}],
)
def test_a_folder_with_another_run_is_left_alone(
    tmp_path: Path, exam: Exam, changes: dict[str, object]
) -> None:
    exam.sit(tmp_path)
    before, system = written(tmp_path), Scripted(exam.outcomes)
    with pytest.raises(RunMismatchError, match=f"another {next(iter(changes))}.*--out"):
        exam.sit(tmp_path, system=system, changes=changes)
    assert system.asked == []
    assert written(tmp_path) == before


def test_a_full_disk_keeps_what_is_written(
    tmp_path: Path, exam: Exam, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = RunFolder.add

    def full(self: RunFolder, result: Result, timing: object) -> None:
        if len(self.results()) == 2:
            raise StorageError("No space left.")
        add(self, result, timing)  # type: ignore[arg-type]

    with pytest.raises(InterruptedRunError):
        exam.sit(tmp_path / "run", stop=1)
    monkeypatch.setattr(RunFolder, "add", full)
    with pytest.raises(StorageError):
        exam.sit(tmp_path / "run")
    monkeypatch.undo()
    assert len(RunFolder(tmp_path / "run").results()) == 2
    exam.sit(tmp_path / "whole")
    exam.sit(tmp_path / "run")
    assert written(tmp_path / "run") == written(tmp_path / "whole")

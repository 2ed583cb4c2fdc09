"""Questions and answers of any collection, as gold and as scores."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import Answer, Citation
from evals.citations import WordSupport
from evals.gold import Gold, GoldItem
from evals.qa import read_qa
from evals.qascore import QaScorer, f1_means, token_f1
from evals.score import Library
from evals.spans import Span
from evals.summary import summarise
from evals.system import Observation
from ingest.document import Document
from ingest.errors import DatasetError, PathMissingError

Answers = Callable[..., Answer]
ARABIC = "الأجل هو 150 يوما لكل تصدير. التصريح يودع لدى مكتب الصرف."


@pytest.fixture
def library(document: Document) -> Library:
    return Library.of(
        [
            document,
            Document("delay.ar", "delay", "ar", "الأجل", ARABIC),
            Document("x.fr", "x", "fr", "X", "X."),
        ]
    )


@pytest.fixture
def scorer(library: Library) -> QaScorer:
    return QaScorer(library, WordSupport())


Read = Callable[..., Gold]


@pytest.fixture
def read(tmp_path: Path, library: Library) -> Read:
    """Reads rows as a file of that name holds them; a string is written as it is."""

    def build(*rows: object, name: str = "q.jsonl") -> Gold:
        path = tmp_path / name
        lines = (row if isinstance(row, str) else json.dumps(row) for row in rows)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return read_qa(path, library)

    return build


ROW = {"id": "a", "question": "Quel délai pour rapatrier ?", "answers": ["150 jours"]}


def test_rows_become_gold(read: Read) -> None:
    gold = read(
        {**ROW, "document": "delay.fr", "source": "left alone"},
        {"id": 2, "question": "أين يودع التصريح؟", "answer": "مكتب الصرف", "document": "delay"},
        {"id": "c", "question": "fin kaydkhel had chi?", "answers": [], "language": "ary-latn"},
    )
    first, second, third = gold.items
    assert gold.name == "q.jsonl"
    assert gold.lines == (1, 2, 3)
    assert [item.language for item in gold.items] == ["fr", "ar", "ary-latn"]
    assert [item.answerable for item in gold.items] == [True, True, False]
    assert [fact.type for item in gold.items for fact in item.facts] == ["number", "text"]
    assert (first.sheets, second.sheets, third.sheets) == (("delay",), ("delay",), ())
    assert second.id == "2"
    assert "unanswerable" in third.expect
    assert "refused" in third.expect
    assert "answered" not in third.expect


def test_csv_holds_the_same(read: Read) -> None:
    rows = (ROW, {"id": "b", "question": "قل؟", "answers": ["نعم", "أجل"], "document": "delay.ar"},
            {"id": "c", "question": "Et le prix ?", "answers": []})  # fmt: skip
    csv = read(
        "id;question;answers;document", "a;Quel délai pour rapatrier ?;150 jours;",
        "b;قل؟;نعم | أجل;delay.ar", "c;Et le prix ?;;", name="q.csv",
    )  # fmt: skip
    assert csv.items == read(*rows).items
    single = read("id,question,answer", "c,Et le prix ?,", 'd,Ou ?,"A | B, C"', name="s.csv")
    assert [fact.any for item in single.items for fact in item.facts] == [("A | B, C",)]


@pytest.mark.parametrize(
    ("row", "named"),
    [
        ("{", "JSON"),
        ({"id": "b", "question": "x"}, "answers: Field required"),
        ({**ROW, "id": "b", "anwsers": [], "answers": [" "]}, r"answers\.0"),
        ({**ROW, "id": "b", "question": " "}, "question"),
        ({**ROW, "id": "b", "language": "tzm"}, "language"),
        ({**ROW, "id": "b", "answers": "150 jours"}, "answers"),
        ({"id": "b", "question": "x", "answer": [1]}, r"answers\.0"),
        ({**ROW}, "'a' occurs twice"),
        ({**ROW, "id": "b", "document": "وثيقة"}, "the index holds no 'وثيقة'"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_with_its_line(
    read: Read, row: object, named: str
) -> None:
    with pytest.raises(DatasetError, match=f"q.jsonl:2: .*{named}"):
        read(ROW, row)


def test_a_file_that_cannot_be_used_is_named(read: Read, library: Library, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="holds no question"):
        read("")
    with pytest.raises(DatasetError, match=r"q\.csv:1: the column 'question' is missing"):
        read("id,answers", name="q.csv")
    with pytest.raises(DatasetError, match=r"q\.csv:2: answers: Field required"):
        read("id,question", "a,Quoi ?", name="q.csv")
    with pytest.raises(PathMissingError):
        read_qa(tmp_path / "no.jsonl", library)


@pytest.mark.parametrize(
    ("text", "alternative", "value"),
    [
        ("Office des changes", "l'office des changes", 1),
        ("والمكتب", "مكتب", 1),
        ("olive", "datte", 0),
        ("le la", "olive", 0),
        ("olive noire", "olive verte", 0.5),
        ("olive olive", "olive", 2 / 3),
    ],
)
def test_token_f1(text: str, alternative: str, value: float) -> None:
    assert token_f1(text, alternative) == pytest.approx(value)


@given(st.text("ab éلم ", max_size=20), st.text("ab éلم ", max_size=20))
def test_token_f1_is_symmetric_and_bounded(one: str, other: str) -> None:
    assert token_f1(one, other) == token_f1(other, one)
    assert 0 <= token_f1(one, other) <= 1


def item(read: Read, *answers: str, document: str | None = "delay") -> GoldItem:
    return read({**ROW, "answers": answers, "document": document}).items[0]


def test_the_document_counts_in_any_language_found_and_cited(
    read: Read, scorer: QaScorer, right: Answer
) -> None:
    seen = Observation(right, (Span("x.fr", 0, 2), Span("delay.ar", 0, 9)), 0.5, right)
    scores = scorer.score(item(read, "150 jours", document="delay.ar"), seen).scores
    assert (scores.crag, scores.gold_document_recall, scores.gold_document_precision) == (1, 1, 1)
    assert (scores.recall_5, scores.hit_10, scores.mrr_10, scores.unguarded_wrong) == (1, 1, 0.5, 0)
    other = scorer.score(item(read, "150 jours", document="x"), Observation(right)).scores
    assert (other.crag, other.gold_document_recall, other.hit_10) == (1, 0, None)
    late = (*[Span("x.fr", 0, 2)] * 10, Span("delay.fr", 0, 9))
    scores = scorer.score(item(read, "150 jours"), Observation(right, late)).scores
    assert (scores.recall_10, scores.recall_20, scores.mrr_10) == (0, 1, 0)
    without = scorer.score(item(read, "150 jours", document=None), seen).scores
    assert (without.gold_document_recall, without.hit_10) == (None, None)


@pytest.mark.parametrize(
    ("answers", "crag"),
    [
        (("150 jours",), 1), (("60 jours", "١٥٠ يوما"), 1), (("délai",), 1), (("60 jours",), -1),
        (("Les 150 jours du délai",), 1),  # other order, F1 of 1
        (("Les 150 jours du délai de rapatriement des recettes",), -1),  # F1 of 0.6
    ],
)  # fmt: skip
def test_an_answer_is_right_with_any_alternative_or_nearly_its_words(
    read: Read, scorer: QaScorer, right: Answer, answers: Sequence[str], crag: float
) -> None:
    result = scorer.score(item(read, *answers), Observation(right, unguarded=right))
    assert result.scores.crag == crag
    assert result.facts == (crag == 1,)
    assert result.scores.fact_recall == result.scores.answer_em_all == float(crag == 1)
    assert result.scores.unguarded_wrong == float(crag < 1)


def test_withholding_is_right_only_without_an_answer(
    read: Read, scorer: QaScorer, right: Answer, silent: Answer
) -> None:
    known, unknown = item(read, "150 jours"), item(read)
    results = {
        "told": scorer.score(known, Observation(right)),
        "held": scorer.score(known, Observation(silent)),
        "invented": scorer.score(unknown, Observation(right)),
        "owned": scorer.score(unknown, Observation(silent)),
        "broken": scorer.fail(known, "internal: boom"),
    }
    assert [result.scores.crag for result in results.values()] == [1, 0, -1, 1, -1]
    assert results["held"].scores.gold_document_recall == 0
    assert results["invented"].scores.false_answer == 1
    assert results["invented"].scores.gold_document_recall is None
    assert results["broken"].scores.gold_document_recall == results["broken"].scores.hit_10 == 0
    summary = summarise(list(results.values()))
    assert summary.groups["all"].refusal_recall == 0.5
    assert f1_means(list(results.values()))["all"] == pytest.approx(0.8 / 3, abs=1e-3)


def test_a_figure_without_proof_stays_wrong_however_alike(
    read: Read, scorer: QaScorer, make_answer: Answers, cite: Callable[..., Citation]
) -> None:
    said = make_answer([("Le délai court est de 99 jours.", (1,))], [cite(1, 0, 26)])
    scores = scorer.score(item(read, "Les 99 jours du court délai"), Observation(said)).scores
    assert (scores.fact_recall, scores.answer_em_all, scores.crag) == (1, 0, -1)

"""Is the gold a fair exam of these documents? Every rule, broken once; and what mends offsets."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from evals.gold import Gold, GoldItem, read_gold, split_of
from evals.goldcheck import check, composition, overlap, relocate, require_fit
from evals.runfolder import RunMismatchError
from evals.score import Library
from ingest.corpus import Corpus
from ingest.document import Document, Statement
from tests.conftest import REPOSITORY

MakeItem = Callable[..., GoldItem]

DEV, TEST = "delay", "olive-permit"
FRENCH = ("Le délai de rapatriement est de 150 jours.", "La banque domicilie le titre.")
ARABIC = ("أجل استرجاع حصيلة التصدير هو 150 يوما.", "يوطن البنك السند.")


def sheet(family: str, language: str, texts: tuple[str, str], before: str = "") -> Document:
    """A variant of a sheet with the statements `limit` and `bank`."""
    first = len(before)
    second = first + len(texts[0]) + 1
    return Document(
        id=f"{family}.{language}", family=family, language=language, title="Rapatriement",
        text=f"{before}{texts[0]}\n{texts[1]}\n",
        statements=(
            Statement("limit", first, first + len(texts[0]), ()),
            Statement("bank", second, second + len(texts[1]), ()),
        ),
    )  # fmt: skip


def shelf(before: str = "") -> Library:
    """Two sheets, one a split, in French and Arabic; `before` moves what they say."""
    return Library.of(
        sheet(family, language, texts, before)
        for family in (DEV, TEST)
        for language, texts in (("fr", FRENCH), ("ar", ARABIC))
    )


LIBRARY = shelf()
LIMIT = {"document": "delay.fr", "statement": "limit", "start": 0, "end": len(FRENCH[0])}
BANK = {
    "document": "delay.fr", "statement": "bank", "start": len(FRENCH[0]) + 1,
    "end": len(FRENCH[0]) + 1 + len(FRENCH[1]),
}  # fmt: skip


@pytest.fixture
def make(make_item: MakeItem) -> MakeItem:
    """A question without fault, but for what is told otherwise."""

    def build(**fields: object) -> GoldItem:
        good = {
            "question": "Mon client paie en mars, je peux attendre combien de temps ?",
            "sheets": [DEV],
            "evidence": [LIMIT],
        }
        return make_item(**{**good, **fields})

    return build


def gold(*items: GoldItem, name: str = "dev.jsonl") -> Gold:
    return Gold(name, "0", items, tuple(range(1, len(items) + 1)))


def found(*golds: Gold, library: Library = LIBRARY) -> list[tuple[str, int, str]]:
    """File, line and rule of each problem."""
    return [(problem.file, problem.line, problem.rule) for problem in check(golds, library)]


def test_a_fair_question_has_no_problem(make: MakeItem) -> None:
    assert check([gold(make())], LIBRARY) == ()


@pytest.mark.parametrize(
    ("rule", "named", "fields"),
    [
        (
            "span",
            "delay.fr#limit moved",
            {"evidence": [{**LIMIT, "end": len(FRENCH[0]) - 1}, BANK]},
        ),
        ("span", "no statement fee", {"evidence": [LIMIT, {**LIMIT, "statement": "fee"}]}),
        ("span", "nowhere.fr", {"evidence": [LIMIT, {**LIMIT, "document": "nowhere.fr"}]}),
        ("fact", "'160 jours'", {"facts": [{"type": "number", "any": ["160 jours"]}]}),
        ("fact", "'150 jours' is forbidden", {"forbidden": ["150 jours"]}),
        ("shape", "`best`", {"expect": ["partial"]}),
        ("shape", "without a fact", {"facts": []}),
        (
            "shape",
            "must be said",
            {"facts": [{"type": "number", "any": ["150 jours"], "must": False}]},
        ),
        ("shape", "followup", {"tags": ["followup"]}),
        (
            "shape",
            "`standalone`",
            {"history": [{"role": "user", "content": "سلام"}], "tags": ["followup"]},
        ),
        ("tag", "'hard'", {"tags": ["hard"]}),
        ("paraphrase", "100%", {"question": "délai de rapatriement ?"}),
    ],
)
def test_every_rule_has_a_name(
    make: MakeItem, rule: str, named: str, fields: dict[str, object]
) -> None:
    [problem] = check([gold(make(id="fine"), make(**fields))], LIBRARY)
    assert (problem.file, problem.line, problem.rule) == ("dev.jsonl", 2, rule)
    assert problem.message.startswith("q1: ")
    assert named in problem.message


def test_an_answer_needs_evidence(make: MakeItem) -> None:
    problems = check([gold(make(evidence=[]))], LIBRARY)
    assert {problem.rule for problem in problems} == {"shape", "fact"}


def test_a_sheet_belongs_to_one_split(make: MakeItem) -> None:
    assert (split_of(DEV), split_of(TEST)) == ("dev", "test")
    assert found(gold(make(sheets=[DEV, TEST]))) == [("dev.jsonl", 1, "split")]
    assert found(gold(make(), name="test.jsonl")) == [("test.jsonl", 1, "split")]
    assert found(gold(make(), name="ours.jsonl")) == []


def test_a_question_about_no_sheet_belongs_to_the_split_of_its_id(make: MakeItem) -> None:
    fields = {"best": "refused", "expect": ["refused"], "sheets": [], "evidence": [], "facts": []}
    ids = [f"r{n}" for n in range(20)]
    golds = gold(*(make(id=name, **fields) for name in ids))
    misplaced = [line - 1 for _, line, rule in found(golds) if rule == "split"]
    assert [ids[n] for n in misplaced] == [name for name in ids if split_of(name) == "test"]


def test_a_sheet_that_does_not_exist_is_named(make: MakeItem) -> None:
    name = next(f"sheet-{n}" for n in range(99) if split_of(f"sheet-{n}") == "dev")
    [problem] = check([gold(make(sheets=[DEV, name]))], LIBRARY)
    assert problem.rule == "span"
    assert name in problem.message


def test_what_is_withheld_needs_neither_fact_nor_evidence(make: MakeItem) -> None:
    item = make(best="unanswerable", expect=["unanswerable"], facts=[], evidence=[])
    assert found(gold(item)) == []


def test_ids_are_unique_over_all_files(make: MakeItem) -> None:
    other = make(question="شكون لي كيوطن السند ديالي؟", sheets=[TEST])
    assert found(gold(make()), gold(other, name="test.jsonl")) == [("test.jsonl", 1, "id")]


@pytest.mark.parametrize(
    ("question", "is_twin"),
    [
        ("Mon client paie en mars : je peux attendre combien de temps ?!", True),
        ("je peux attendre combien de temps, mon client paie en mars", True),
        ("Mon client paie en avril, qui prévient la banque ?", False),
    ],
)
def test_two_files_do_not_ask_the_same(make: MakeItem, question: str, *, is_twin: bool) -> None:
    other = gold(make(id="q2", question=question, sheets=[TEST]), name="test.jsonl")
    assert found(gold(make()), other) == [("dev.jsonl", 1, "twin")] * is_twin
    same = gold(make(), make(id="q2", question=question))
    assert found(same) == []


def test_twins_are_found_in_arabic_and_among_follow_ups(make: MakeItem) -> None:
    asked = {"question": "شحال ديال الوقت عندي باش نرجع الفلوس؟", "language": "ary"}
    followed = {
        "question": "وشحال؟",
        "history": [{"role": "user", "content": "سلام"}],
        "standalone": asked["question"],
        "tags": ["followup"],
        "language": "ary",
    }
    other = gold(make(id="q2", **followed, sheets=[TEST]), name="test.jsonl")
    assert found(gold(make(**asked)), other) == [("dev.jsonl", 1, "twin")]


def test_overlap_is_that_of_the_nearest_evidence_in_any_language(make: MakeItem) -> None:
    assert overlap(make(question="délai rapatriement"), LIBRARY) == 1
    assert overlap(make(question="أجل استرجاع"), LIBRARY) == 1
    assert overlap(make(question="délai zzz"), LIBRARY) == 0.5
    assert overlap(make(question="zzz"), LIBRARY) == 0
    assert overlap(make(question="délai", evidence=[]), LIBRARY) == 0


def test_follow_ups_may_repeat_words(make: MakeItem) -> None:
    history = [{"role": "user", "content": "Bonjour"}]
    item = make(
        question="délai de rapatriement ?", history=history, standalone="x", tags=["followup"]
    )
    assert found(gold(item)) == []


def test_the_composition_counts_what_questions_are(make: MakeItem) -> None:
    items = [
        make(tags=["numeric", "dated"]),
        make(id="q2", language="ar", question="أجل استرجاع", tags=["numeric"]),
        make(id="q3", kind="unlawful", best="refused", expect=["refused"], evidence=[]),
    ]
    made = composition(items, LIBRARY)
    assert (made.n, made.answerable) == (3, 2)
    assert made.languages == {"fr": 2, "ar": 1}
    assert made.kinds == {"number": 2, "unlawful": 1}
    assert list(made.tags.items()) == [("numeric", 2), ("dated", 1)]
    assert len(made.overlaps) == 9
    assert made.overlaps == tuple(sorted(made.overlaps))
    assert composition(items[:1], LIBRARY).overlaps == ()


def test_offsets_follow_their_statements(make: MakeItem) -> None:
    moved = shelf(before="## المدة\n")
    item = make(evidence=[LIMIT, BANK])
    rules = [rule for _, _, rule in found(gold(item), library=moved)]
    assert rules.count("span") == 2
    mended = relocate(item, moved)
    assert found(gold(mended), library=moved) == []
    for piece, words in zip(mended.evidence, FRENCH, strict=True):
        assert moved.texts["delay.fr"][piece.start : piece.end] == words
    assert relocate(mended, moved) == mended
    assert mended.model_copy(update={"evidence": item.evidence}) == item


def test_what_is_gone_is_not_relocated(make: MakeItem) -> None:
    item = make(evidence=[{**LIMIT, "statement": "fee"}, {**LIMIT, "document": "nowhere.fr"}])
    assert relocate(item, shelf(before="x ")) == item


def test_a_gold_is_refused_with_documents_of_another_version(make: MakeItem) -> None:
    fits = gold(make(), make(id="q2", evidence=[]))
    require_fit(fits, LIBRARY)
    with pytest.raises(RunMismatchError, match=r"1 of 2 questions.*\(q1\).*sanad ingest"):
        require_fit(fits, shelf(before="x "))
    emptied = {key: replace(one, statements=()) for key, one in LIBRARY.documents.items()}
    with pytest.raises(RunMismatchError, match="gone"):
        require_fit(fits, Library.of(emptied.values()))


@pytest.mark.parametrize(
    ("name", "splits"),
    [
        ("blind", {"dev"}),
        ("blind-test", {"test"}),
        ("trial", {"dev"}),
        ("trial-test", {"test"}),
        ("trial-later", {"dev", "test"}),
    ],
)
def test_blind_questions_stand_in_the_corpus_and_in_their_split(
    real_corpus: Corpus, name: str, splits: set[str]
) -> None:
    read = read_gold(REPOSITORY / "evals" / "gold" / f"{name}.jsonl")
    require_fit(read, Library.of(real_corpus.documents))
    assert {split_of(sheet) for item in read.items for sheet in item.sheets} == splits
    assert {item.answerable for item in read.items} == {True, False}

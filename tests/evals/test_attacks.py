"""The attack file against the verification: the numbers that the project promises."""

from collections import Counter
from pathlib import Path

import pytest

from evals.attacks import CROSS, Attack, Kind, Result, read_attacks, run_attacks, share, table
from evals.gold import Split
from ingest.corpus import Corpus
from ingest.document import Document, Statement
from ingest.errors import DatasetError, PathMissingError

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "evals" / "attacks" / "verification.jsonl"
ALTERED_KINDS: set[Kind] = {
    "number", "unit", "date", "name", "negation", "bound", "clause", "merged", "code",
}  # fmt: skip
LINE = (
    '{"id": "a", "document": "d", "statement": "s", "kind": "number", "draft": "x",'
    ' "stopped": true}'
)


@pytest.fixture(scope="module")
def results(real_corpus: Corpus) -> tuple[Result, ...]:
    return run_attacks(read_attacks(FILE), real_corpus.documents)


@pytest.mark.parametrize("split", ["dev", "test"])
@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_altered_sentences_are_stopped(
    results: tuple[Result, ...], split: Split, language: str
) -> None:
    altered = share(_chosen(results, split, language, stopped=True))
    assert altered.n >= 50
    assert altered.value >= 0.98


@pytest.mark.parametrize("split", ["dev", "test"])
@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_whole_sentences_leave_however_they_are_written(
    results: tuple[Result, ...], split: Split, language: str
) -> None:
    whole = share(
        result
        for result in _chosen(results, split, language, stopped=False)
        if result.attack.kind != "shortened"
    )
    assert whole.n >= 30
    assert whole.value <= 0.05


def test_over_all_at_most_a_twentieth_of_the_faithful_is_lost(results: tuple[Result, ...]) -> None:
    faithful = [r for r in results if not r.attack.stopped and r.attack.kind != CROSS]
    assert len(faithful) >= 330
    assert share(faithful).value <= 0.05


def _chosen(
    results: tuple[Result, ...], split: Split, language: str, *, stopped: bool
) -> list[Result]:
    return [
        result
        for result in results
        if (result.split, result.language) == (split, language)
        and result.attack.stopped is stopped
        and result.attack.kind != CROSS
    ]


def test_every_kind_is_attacked_in_every_language(results: tuple[Result, ...]) -> None:
    altered = Counter((r.attack.kind, r.language) for r in results if r.attack.stopped)
    for kind in ALTERED_KINDS:
        for language in ("fr", "ar", "en"):
            assert altered[kind, language] >= 15, (kind, language)


def test_no_altered_sentence_crosses_languages(results: tuple[Result, ...]) -> None:
    crossing = [r for r in results if r.attack.kind == CROSS and r.attack.stopped]
    assert share(crossing).value == 1


STATEMENT = "Le permis est délivré sous 10 jours."
SECOND = "Le sac coûte 5 dirhams."
DOCUMENT = Document(
    id="d",
    family="d",
    language="fr",
    title="",
    text=f"{STATEMENT} {SECOND}",
    statements=(
        Statement("s", 0, len(STATEMENT), ()),
        Statement("t", len(STATEMENT) + 1, len(STATEMENT) + 1 + len(SECOND), ()),
    ),
)


def attack(draft: str, *, stopped: bool, other: str | None = None) -> Attack:
    return Attack(
        id=draft,
        document="d",
        statement="s",
        other=other,
        kind="number",
        draft=draft,
        stopped=stopped,
    )


def test_a_draft_is_held_against_the_statements_it_names() -> None:
    attacks = [
        attack(STATEMENT, stopped=False),
        attack("Le permis est délivré sous 11 jours.", stopped=True),
        attack(SECOND, stopped=False),
        attack(SECOND, stopped=False, other="t"),
    ]
    ran = run_attacks(attacks, [DOCUMENT])
    assert [result.reason for result in ran] == ["", "figure", "figure", ""]
    assert (share(ran).stopped, share(ran).n) == (2, 4)
    assert "1/1" in table(ran)


@pytest.mark.parametrize("changed", [{"document": "x"}, {"statement": "x"}, {"other": "x"}])
def test_an_attack_on_words_that_are_not_there_is_refused(changed: dict[str, str]) -> None:
    broken = attack("x", stopped=True).model_copy(update=changed)
    with pytest.raises(DatasetError, match="x"):
        run_attacks([broken], [DOCUMENT])


@pytest.mark.parametrize(
    ("content", "problem"),
    [("", "no attack"), (f"{LINE}\n{LINE}", "twice"), ('{"id": "a"}', "document")],
)
def test_a_broken_file_names_what_to_correct(tmp_path: Path, content: str, problem: str) -> None:
    path = tmp_path / "attacks.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DatasetError, match=problem):
        read_attacks(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PathMissingError):
        read_attacks(tmp_path / "none.jsonl")

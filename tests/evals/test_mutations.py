"""The cases of `tests/evals/cases.py` would notice a wrong formula."""

import importlib

import pytest

from tests.evals.cases import CASES
from tests.evals.mutations import MUTANTS, Mutant, mutants, mutation_table


@pytest.mark.parametrize("mutant", mutants(), ids=lambda m: f"{m.metric}: {m.old} -> {m.new}")
def test_a_wrong_formula_is_noticed(mutant: Mutant) -> None:
    assert mutant.is_killed()


@pytest.mark.parametrize("module", CASES)
def test_the_right_formula_passes_and_every_metric_has_mutants(module: str) -> None:
    """A mutant that changes nothing lives, so the cases kill for a reason."""
    source = importlib.import_module(module)
    assert all(case.holds(source) for case in CASES[module])
    assert {case.metric for case in CASES[module]} == set(MUTANTS[module])
    for metric, ((old, _), *_) in MUTANTS[module].items():
        assert not Mutant(module, metric, old, old).is_killed()


def test_the_table_names_every_metric_once() -> None:
    rows = mutation_table().splitlines()[2:]
    assert len(rows) == sum(len(metrics) for metrics in MUTANTS.values())
    for row in rows:
        *_, planted, killed, _ = (cell.strip() for cell in row.split("|"))
        assert planted == killed

"""A sample keeps the shares of the whole, and is the same each time."""

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.gold import Gold, GoldItem
from evals.sample import sample


def item(number: int, language: str, *, answerable: bool) -> GoldItem:
    status = "answered" if answerable else "unanswerable"
    return GoldItem.model_validate(
        {
            "id": f"q{number:03}",
            "language": language,
            "question": "ما هو الأجل؟" if language == "ar" else "Quel délai ?",
            "kind": "lookup",
            "expect": [status],
            "best": status,
        }
    )


def gold(*strata: tuple[str, bool, int]) -> Gold:
    kinds = [(language, yes) for language, yes, n in strata for _ in range(n)]
    items = tuple(item(at, language, answerable=yes) for at, (language, yes) in enumerate(kinds))
    return Gold("dev.jsonl", "0" * 64, items, tuple(range(1, len(items) + 1)))


WHOLE = gold(("fr", True, 40), ("fr", False, 12), ("ar", True, 20), ("ar", False, 8))


def strata(drawn: Gold) -> Counter[tuple[str, bool]]:
    return Counter((one.language, one.answerable) for one in drawn.items)


def test_strata_keep_their_shares() -> None:
    assert strata(sample(WHOLE, 20)) == {
        ("fr", True): 10, ("fr", False): 3, ("ar", True): 5, ("ar", False): 2,
    }  # fmt: skip


def test_it_is_drawn_by_seed_and_keeps_the_order() -> None:
    drawn = sample(WHOLE, 20)
    assert drawn == sample(WHOLE, 20)
    other = sample(WHOLE, 20, seed=1)
    assert {one.id for one in drawn.items} != {one.id for one in other.items}
    assert drawn.sha256 != other.sha256
    assert [one.id for one in drawn.items] == sorted(one.id for one in drawn.items)
    assert all(
        WHOLE.items[line - 1] == one for line, one in zip(drawn.lines, drawn.items, strict=True)
    )


def test_it_says_that_it_is_a_sample() -> None:
    drawn = sample(WHOLE, 20)
    assert drawn.name == "dev.jsonl, 20 of 80"
    assert drawn.sha256 != WHOLE.sha256


@pytest.mark.parametrize("n", [80, 81, 1000])
def test_a_sample_of_all_is_the_gold_itself(n: int) -> None:
    assert sample(WHOLE, n) is WHOLE


def test_an_added_question_moves_few(make_item: Callable[..., GoldItem]) -> None:
    more = Gold(WHOLE.name, "1" * 64, (*WHOLE.items, make_item(id="new")))
    before, after = ({one.id for one in sample(whole, 20).items} for whole in (WHOLE, more))
    assert len(before - after) <= 2


@given(
    sizes=st.lists(st.integers(1, 30), min_size=1, max_size=4), n=st.integers(1, 120),
    seed=st.integers(0, 99),
)  # fmt: skip
def test_each_stratum_gets_its_share_to_within_one(sizes: list[int], n: int, seed: int) -> None:
    names = [("fr", True), ("fr", False), ("ar", True), ("ar", False)]
    whole = gold(*((*name, size) for name, size in zip(names, sizes, strict=False)))
    drawn = sample(whole, n, seed)
    total = len(whole.items)
    assert len(drawn.items) == min(n, total)
    assert set(drawn.items) <= set(whole.items)
    for name, count in strata(drawn).items():
        assert abs(count - min(n, total) * strata(whole)[name] / total) < 1

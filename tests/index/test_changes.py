import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.changes import Changes, changes

Words = list[tuple[str, str]]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([], [("a", "x"), ("a", "y")], Changes(added=2)),
        ([("a", "x"), ("a", "y")], [], Changes(deleted=2)),
        ([("a", "x"), ("b", "زعفران")], [("a", "x"), ("b", "زعفران")], Changes(kept=2)),
        ([("a", "450 درهما")], [("a", "500 درهم")], Changes(replaced=1)),
        ([("a", "x"), ("a", "y")], [("a", "z"), ("a", "y"), ("a", "w")], Changes(1, 1, 1, 0)),
        ([("a", "x"), ("a", "x")], [("a", "x")], Changes(kept=1, deleted=1)),
        ([("a", "x")], [("b", "x")], Changes(added=1, deleted=1)),
    ],
)
def test_what_became_of_passages(before: Words, after: Words, expected: Changes) -> None:
    assert changes(before, after) == expected


WORDS = st.lists(st.tuples(st.sampled_from("abج"), st.sampled_from("xyz"))).map(sorted)


@given(WORDS, WORDS)
def test_every_passage_is_counted_once(before: Words, after: Words) -> None:
    told = changes(before, after)
    assert told.kept + told.replaced + told.added == len(after)
    assert told.kept + told.replaced + told.deleted == len(before)
    back = changes(after, before)
    assert (back.added, back.deleted) == (told.deleted, told.added)

"""The layout against what its words say, written out with loops."""

from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.layout import Bundles, Layout
from index.store import Places

FAMILIES = st.sampled_from(("saffron", "زعفران", "carpets"))
ANCHORS = st.none() | st.sampled_from(("s0", "s1", "سعر"))
FLOATS = st.floats(-1, 1, width=32)


@st.composite
def places(draw: st.DrawFn) -> Places:
    """Passages are of one family and hold at least one sentence, save for some that hold none."""
    passages = draw(st.lists(st.tuples(FAMILIES, st.lists(ANCHORS, max_size=4)), max_size=5))
    questions = draw(st.lists(st.tuples(FAMILIES, ANCHORS), max_size=6))
    sentences = [(f, a, row) for row, (f, anchors) in enumerate(passages) for a in anchors]
    return Places(
        families=(*(family for family, _, _ in sentences), *(family for family, _ in questions)),
        statements=(*(anchor for _, anchor, _ in sentences), *(anchor for _, anchor in questions)),
        passages=tuple(row for _, _, row in sentences),
    )


def statements(made: Places) -> list[set[int]]:
    """The sentences of each statement, in order of appearance."""
    groups: list[set[int]] = []
    for row in range(len(made.passages)):
        same = {
            other
            for other in range(len(made.passages))
            if other == row
            or (
                made.statements[row] is not None
                and made.families[row] == made.families[other]
                and made.statements[row] == made.statements[other]
            )
        }
        if same not in groups:
            groups.append(same)
    return groups


def questions_of(made: Places, group: set[int]) -> set[int]:
    """The rows of the questions filed with a statement."""
    first = min(group)
    return {
        row
        for row in range(len(made.passages), len(made.families))
        if made.statements[row] is not None
        and (made.families[row], made.statements[row])
        == (made.families[first], made.statements[first])
    }


def owner(made: Places, row: int) -> int | None:
    """The number of the statement that a row belongs to, None if it belongs to a whole sheet."""
    for number, group in enumerate(statements(made)):
        if row in group | questions_of(made, group):
            return number
    return None


def rows_of(bundles: Bundles, group: int) -> list[int]:
    return [int(row) for row in bundles.of(np.array([group])).rows]


@given(places())
def test_groups_hold_what_says_the_same_and_what_is_asked_for_it(made: Places) -> None:
    layout = Layout.of(made)
    expected = statements(made)
    assert len(layout.family) == len(expected)
    for number, group in enumerate(expected):
        assert rows_of(layout.sentences, number) == sorted(group)
        assert rows_of(layout.questions, number) == sorted(questions_of(made, group))
        family = layout.family[number]
        siblings = [
            other
            for other, rows in enumerate(expected)
            if made.families[min(rows)] == made.families[min(group)]
        ]
        assert rows_of(layout.by_family, family) == siblings
        assert rows_of(layout.sheet_questions, family) == [
            row
            for row in range(len(made.passages), len(made.families))
            if made.families[row] == made.families[min(group)] and owner(made, row) is None
        ]


@given(places())
def test_a_row_knows_its_group_and_a_sentence_its_passage(made: Places) -> None:
    layout = Layout.of(made)
    for row in range(len(made.families)):
        number = owner(made, row)
        assert layout.group(row) == (-1 if number is None else number)
    for row, passage in enumerate(made.passages):
        assert layout.passage(row) == passage
        assert layout.groups_in(passage) == [
            layout.group(other) for other, its in enumerate(made.passages) if its == passage
        ]


@given(places())
def test_a_saved_layout_is_the_same(made: Places) -> None:
    layout = Layout.of(made)
    with TemporaryDirectory() as folder:
        path = Path(folder, "layout.npy")
        layout.save(path)
        opened = Layout.load(path)
        for field in fields(Layout):
            kept, found = getattr(layout, field.name), getattr(opened, field.name)
            pairs = vars(kept) if isinstance(kept, Bundles) else {"": kept}
            for name, array in pairs.items():
                other = getattr(found, name) if name else found
                assert other.dtype == array.dtype
                assert other.tolist() == array.tolist()


def test_a_file_of_other_lengths_is_refused(tmp_path: Path) -> None:
    for flat in ([], [1, 2, 3], [0] * 13 + [2, 5]):
        np.save(tmp_path / "layout.npy", np.array(flat, dtype=np.int64))
        with pytest.raises(ValueError, match="lengths"):
            Layout.load(tmp_path / "layout.npy")


@given(places(), st.data())
def test_rows_bring_their_groups_and_sheet_questions_the_whole_sheet(
    made: Places, data: st.DataObject
) -> None:
    every = range(len(made.families))
    rows = data.draw(st.lists(st.sampled_from(every), unique=True) if every else st.just([]))
    expected: set[int] = set()
    for row in rows:
        number = owner(made, row)
        expected |= (
            {
                other
                for other, group in enumerate(statements(made))
                if made.families[min(group)] == made.families[row]
            }
            if number is None
            else {number}
        )
    found = Layout.of(made).groups_of(np.array(rows, dtype=np.int64))
    assert found.tolist() == sorted(expected)


@given(places(), st.data())
def test_the_best_sentence_of_a_group_is_the_nearest_and_the_first_of_equals(
    made: Places, data: st.DataObject
) -> None:
    cosine = st.sampled_from((-0.5, 0.25, 0.75))
    cosines = data.draw(st.lists(cosine, min_size=len(made.families), max_size=len(made.families)))
    vectors = np.array([[one, 0] for one in cosines], dtype=np.float32).reshape(-1, 2)
    groups = statements(made)
    every = range(len(groups))
    numbers = data.draw(st.lists(st.sampled_from(every), unique=True) if every else st.just([]))
    found = Layout.of(made).best_row(
        np.array(numbers, dtype=np.int64), vectors, np.array([1, 0], dtype=np.float32)
    )
    expected = [min(groups[n], key=lambda row: (-cosines[row], row)) for n in numbers]
    assert found.tolist() == expected


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9)), max_size=12),
    st.lists(st.integers(0, 4), max_size=8),
    st.lists(FLOATS, min_size=10, max_size=10),
)
def test_a_bundle_reduces_each_group_by_itself(
    pairs: list[tuple[int, int]], wanted: list[int], values: list[float]
) -> None:
    """Groups without rows, groups asked for twice, in any order."""
    numbers, rows = (np.array([pair[at] for pair in pairs], dtype=np.int64) for at in (0, 1))
    bundle = Bundles.grouped(numbers, rows, 5).of(np.array(wanted, dtype=np.int64))
    members = [[row for number, row in pairs if number == group] for group in wanted]
    assert bundle.rows.tolist() == [row for group in members for row in group]
    assert bundle.sizes.tolist() == [len(group) for group in members]
    held = np.array(values, dtype=np.float32)
    expected = [[held[row] for row in group] for group in members]
    np.testing.assert_array_equal(
        bundle.max(held[bundle.rows]), [max(group, default=-np.inf) for group in expected]
    )
    np.testing.assert_allclose(
        bundle.mean(held[bundle.rows]),
        [sum(group) / len(group) if group else 0 for group in expected],
        atol=1e-6,
    )
    vectors = np.stack([held, np.zeros_like(held)], axis=1)
    np.testing.assert_allclose(
        bundle.max_of(vectors, np.array([0.5, 1], dtype=np.float32)),
        [max((value / 2 for value in group), default=-np.inf) for group in expected],
        atol=1e-6,
    )


@pytest.mark.parametrize("anchor", [None, "s0"])
def test_a_question_about_nothing_that_can_be_quoted_brings_nothing(anchor: str | None) -> None:
    layout = Layout.of(Places(families=("carpets",), statements=(anchor,), passages=()))
    assert layout.groups_of(np.array([0])).tolist() == []
    assert layout.row_group.tolist() == [-1]

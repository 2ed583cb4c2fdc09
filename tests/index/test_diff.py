from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from index.diff import AttributeChange, DocumentChange, GenerationDiff, diff_generations
from ingest.document import Conflict, Document, Position
from ingest.errors import IndexDamagedError, IndexMissingError
from tests.fakes import FakeEmbedder
from tests.index.library import SHELF, build, document

FEE = document("fee", "fr", "Redevance", "La redevance coûte 40 dirhams et dure 5 jours.")
LEVY = document("fee", "ar", "الإتاوة", "تكلف الإتاوة 40 درهما وتدوم 5 أيام.")
PLAIN = replace(document("notes.txt", "fr", "Notes", "Le quai ouvre le 3 mai 2026."), statements=())


def negated(text: str) -> bool:
    """Enough for the sentences of this file."""
    return bool({"pas", "لا"} & set(text.split()))


def diff(root: Path, before: Sequence[Document], after: Sequence[Document]) -> GenerationDiff:
    names = [build(root, shelf, FakeEmbedder()).generation for shelf in (before, after)]
    return diff_generations(root, names[0], names[1], negated)


def reworded(one: Document, text: str) -> Document:
    """The same document with other words in its only statement."""
    statements = tuple(replace(s, end=len(text)) for s in one.statements)
    sections = tuple(replace(s, end=len(text)) for s in one.sections)
    return replace(one, text=text, statements=statements, sections=sections)


def test_a_generation_does_not_differ_from_itself(tmp_path: Path) -> None:
    same = diff(tmp_path, SHELF, SHELF)
    assert same.before == same.after
    assert same == GenerationDiff(same.before, same.after, (), (), (), (), ())


def test_documents_that_came_and_went(tmp_path: Path) -> None:
    found = diff(tmp_path, [*SHELF, FEE], [*SHELF, LEVY])
    assert (found.documents_added, found.documents_removed) == (("fee.ar",), ("fee.fr",))
    assert (found.documents_changed, found.statements, found.wording) == ((), (), ())


@pytest.mark.parametrize(
    ("one", "text", "gone", "new"),
    [
        (
            FEE,
            "La redevance coûte 45 dirhams et dure 5 jours.",
            (("amount", "40", "MAD"),),
            (("amount", "45", "MAD"),),
        ),
        (
            LEVY,
            "تكلف الإتاوة 40 درهما وتدوم 5 أشهر.",
            (("duration", "5", "day"),),
            (("duration", "5", "month"),),
        ),
        (
            LEVY,
            "منذ 3 ماي 2026 تكلف الإتاوة 40 درهما وتدوم 5 أيام.",
            (),
            (("date", "2026-05-03", ""),),
        ),
    ],
)
def test_a_figure_or_a_date_is_a_change_of_meaning(
    tmp_path: Path,
    one: Document,
    text: str,
    gone: tuple[tuple[str, str, str], ...],
    new: tuple[tuple[str, str, str], ...],
) -> None:
    found = diff(tmp_path, [*SHELF, one], [*SHELF, reworded(one, text)])
    [change] = found.statements
    assert (change.family, change.language, change.anchor) == ("fee", one.language, "s0")
    assert (change.change, change.before, change.after) == ("changed", one.text, text)
    assert (change.figures_gone, change.figures_new) == (gone, new)
    assert not change.figures_moved
    assert (change.attributes, found.wording) == ((), ())


@pytest.mark.parametrize(
    ("one", "text"),
    [
        (FEE, "La redevance : 40 DH, pour 5 jours."),
        (LEVY, "الإتاوة 40 درهما، ومدتها 5 أيام."),
    ],
)
def test_other_words_for_the_same_are_told_apart(tmp_path: Path, one: Document, text: str) -> None:
    found = diff(tmp_path, [one], [reworded(one, text)])
    assert found.statements == ()
    [change] = found.wording
    assert (change.change, change.before, change.after) == ("wording", one.text, text)


@pytest.mark.parametrize(
    ("one", "text"),
    [
        (FEE, "La redevance ne coûte pas 40 dirhams et dure 5 jours."),
        (LEVY, "لا تكلف الإتاوة 40 درهما وتدوم 5 أيام."),
    ],
)
def test_a_negation_is_not_a_matter_of_words(tmp_path: Path, one: Document, text: str) -> None:
    [change] = diff(tmp_path, [one], [reworded(one, text)]).statements
    assert change.attributes == (AttributeChange("negated", "no", "yes"),)


def test_figures_that_swap_their_roles_are_a_change(tmp_path: Path) -> None:
    before = document("late", "ar", "الأجل", "من 5 أيام إلى 10 أيام.")
    after = reworded(before, "من 10 أيام إلى 5 أيام.")
    [change] = diff(tmp_path, [before], [after]).statements
    assert change.figures_moved
    assert (change.figures_gone, change.figures_new) == ((), ())


def test_a_repeated_figure_that_goes_once_is_seen(tmp_path: Path) -> None:
    before = document("twice", "fr", "Deux fois", "40 dirhams le matin, 40 dirhams le soir.")
    after = reworded(before, "40 dirhams le matin.")
    [change] = diff(tmp_path, [before], [after]).statements
    assert change.figures_gone == (("amount", "40", "MAD"),)


def test_status_end_and_sources_are_meaning(tmp_path: Path) -> None:
    [statement] = LEVY.statements
    [source] = statement.sources
    later = replace(
        statement,
        status="superseded",
        valid_to="2026-12-31",
        sources=(replace(source, date=None),),
    )
    [change] = diff(tmp_path, [LEVY], [replace(LEVY, statements=(later,))]).statements
    assert change.before == change.after
    assert change.attributes == (
        AttributeChange("status", "current", "superseded"),
        AttributeChange("until", "", "2026-12-31"),
        AttributeChange("sources", "port-2026 (2026-02)", "port-2026 (undated)"),
    )


def test_statements_that_came_and_went(tmp_path: Path) -> None:
    [statement] = LEVY.statements
    renamed = replace(LEVY, statements=(replace(statement, anchor="other"),))
    found = diff(tmp_path, [LEVY], [renamed]).statements
    assert [(one.change, one.anchor, one.before, one.after) for one in found] == [
        ("removed", "s0", LEVY.text, None),
        ("added", "other", None, LEVY.text),
    ]
    assert found[0].figures_gone == found[1].figures_new != ()


def test_validity_and_conflicts_of_a_document(tmp_path: Path) -> None:
    conflict = Conflict("fee", "الإتاوة", (Position("40", ("s0",)), Position("45", ("s0",))))
    after = replace(LEVY, valid_to="2026-12-31", conflicts=(conflict,))
    found = diff(tmp_path, [LEVY], [after])
    assert found.documents_changed == (
        DocumentChange(
            "fee.ar",
            (
                AttributeChange("valid_to", "", "2026-12-31"),
                AttributeChange("conflicts", "", "fee: 40 / 45"),
            ),
        ),
    )
    assert (found.statements, found.wording) == ((), ())


def test_the_day_of_a_check_changes_nothing(tmp_path: Path) -> None:
    found = diff(tmp_path, [LEVY], [replace(LEVY, as_of="2026-11-21", questions=("كم؟",))])
    assert found.before != found.after
    assert (found.documents_changed, found.statements, found.wording) == ((), (), ())


@pytest.mark.parametrize(("sections", "anchor"), [(PLAIN.sections, "main"), ((), "")])
def test_a_plain_document_is_compared_by_its_sections(
    tmp_path: Path, sections: tuple[object, ...], anchor: str
) -> None:
    before = PLAIN if sections else replace(PLAIN, sections=())
    after = reworded(before, "Le quai ouvre le 4 mai 2026.")
    [change] = diff(tmp_path, [*SHELF, before], [*SHELF, after]).statements
    assert (change.anchor, change.change) == (anchor, "changed")
    assert change.figures_new == (("date", "2026-05-04", ""),)


@pytest.mark.parametrize("name", ["0123456789abcdef", "nowhere", "..", "", "الجيل"])
def test_a_generation_that_is_not_there(tmp_path: Path, name: str) -> None:
    known = build(tmp_path, SHELF, FakeEmbedder()).generation
    for pair in ((known, name), (name, known)):
        with pytest.raises(IndexMissingError):
            diff_generations(tmp_path, *pair, negated)


@pytest.mark.parametrize("file", ["passages.sqlite", "faiss.index", "manifest.json"])
def test_a_damaged_generation_is_refused(tmp_path: Path, file: str) -> None:
    good = build(tmp_path, [FEE], FakeEmbedder()).generation
    bad = build(tmp_path, SHELF, FakeEmbedder()).generation
    path = tmp_path / bad / file
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(IndexDamagedError, match=file):
        diff_generations(tmp_path, good, bad, negated)


def test_comparing_leaves_the_index_as_it_was(tmp_path: Path) -> None:
    names = [build(tmp_path, shelf, FakeEmbedder()).generation for shelf in ([FEE], SHELF)]
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    diff_generations(tmp_path, names[0], names[1], negated)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before

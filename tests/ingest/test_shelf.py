from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.clean import RemovedLine
from ingest.document import Document
from ingest.errors import StorageError
from ingest.load import Failure, RawFile
from ingest.shelf import Notes, Shelf

READING = "v1"
NOTES = Notes(
    cleaned=2,
    unattributed=(RemovedLine(3, "الهاتف: 0537000111", "unattributed-contact"),),
    failures=(Failure("a.jsonl", "line 7 is not JSON", is_quarantined=True),),
)


def raw(name: str, text: str = "") -> RawFile:
    return RawFile(Path(name), name, (text or name).encode())


def document(name: str, file: str, text: str = "Le quai ouvre. يفتح الرصيف.") -> Document:
    return Document(name, name, "fr", f"Titre {name}", text, file=file)


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    with closing(Shelf()) as opened:
        yield opened


def test_what_was_put_comes_back_by_id(shelf: Shelf) -> None:
    first = [document("z", "b.md"), document("a", "b.md")]
    second = [document("m", "ا.md", "نص")]
    shelf.put(raw("b.md"), READING, first, NOTES)
    shelf.put(raw("ا.md"), READING, second, Notes())
    assert list(shelf.documents()) == sorted(first + second, key=lambda one: one.id)
    assert list(shelf.ids()) == [("a", "b.md"), ("m", "ا.md"), ("z", "b.md")]
    assert dict(shelf.notes()) == {"b.md": NOTES, "ا.md": Notes()}
    assert shelf.document("m") == second[0]


def test_only_the_very_bytes_read_in_the_same_way_are_known(tmp_path: Path) -> None:
    with closing(Shelf(tmp_path / "s")) as shelf:
        shelf.put(raw("a.md"), READING, [document("a", "a.md")], Notes())
    for known, other in (
        (True, (raw("a.md"), READING)),
        (False, (raw("a.md", "autre"), READING)),
        (False, (raw("a.md"), "v2")),
        (False, (replace(raw("a.md"), id="b.md"), READING)),
    ):
        with closing(Shelf(tmp_path / "s")) as shelf:
            assert list(shelf.documents()) == []
            assert shelf.has(*other) is known
            assert len(list(shelf.documents())) == known


def test_a_new_version_takes_the_place_of_the_old(shelf: Shelf) -> None:
    shelf.put(raw("a.md"), READING, [document("a", "a.md"), document("b", "a.md")], NOTES)
    shelf.put(raw("a.md", "neu"), READING, [document("c", "a.md")], Notes())
    assert [one.id for one in shelf.documents()] == ["c"]


def test_states_compare_with_what_was_published_not_with_what_was_read(tmp_path: Path) -> None:
    """A run that was killed has read, but published nothing: what is new is still new after it."""
    path = tmp_path / "s"
    with closing(Shelf(path)) as shelf:
        shelf.put(raw("a.md"), READING, [document("a", "a.md")], Notes())
        assert shelf.state("a.md") == "new"
    with closing(Shelf(path)) as shelf:
        assert shelf.has(raw("a.md"), READING)
        assert shelf.state("a.md") == "new"
        shelf.settle()
        assert shelf.state("a.md") == "unchanged"
    with closing(Shelf(path)) as shelf:
        shelf.put(raw("a.md", "neu"), READING, [], Notes())
        assert shelf.state("a.md") == "changed"
        assert shelf.vanished() == ()
    with closing(Shelf(path)) as shelf:
        assert shelf.vanished() == ("a.md",)


def test_what_vanished_is_forgotten_when_the_rest_is_published(tmp_path: Path) -> None:
    with closing(Shelf(tmp_path / "s")) as shelf:
        for name in ("a.md", "b.md"):
            shelf.put(raw(name), READING, [document(name, name)], Notes())
        shelf.settle()
    with closing(Shelf(tmp_path / "s")) as shelf:
        shelf.has(raw("a.md"), READING)
        shelf.settle()
        assert shelf.keep("b.md") == ()
    with closing(Shelf(tmp_path / "s")) as shelf:
        assert not shelf.has(raw("b.md"), READING)


def test_a_result_is_worked_out_once(tmp_path: Path) -> None:
    """For each document, each work and each version of the code, as long as it is in use."""
    one, other = document("a", "a.md"), document("ب", "a.md", "نص")
    worked: list[str] = []

    def title(of: Document) -> str:
        worked.append(of.id)
        return of.title

    for published in (False, True):
        with closing(Shelf(tmp_path / "s")) as shelf:
            assert shelf.result("title", one, title) == one.title
            assert shelf.result("title", other, title) == other.title
            if published:
                shelf.settle()
    assert worked == ["a", "ب"]
    with closing(Shelf(tmp_path / "s")) as shelf:
        assert shelf.result("other title", one, title) == one.title
        changed = replace(one, title="Autre titre")
        assert shelf.result("title", changed, title) == "Autre titre"
        assert shelf.result("title", one, title) == one.title
        assert worked == ["a", "ب", "a", "a"]
        shelf.settle()
        assert shelf.result("title", other, title) == other.title
    assert worked[4:] == ["ب"]


def test_only_some_documents_come_back(shelf: Shelf) -> None:
    held = [document(name, "b.md") for name in ("a", "m", "ن")]
    shelf.put(raw("b.md"), READING, held, Notes())
    assert list(shelf.documents({"a", "ن", "z"})) == [held[0], held[2]]
    assert list(shelf.documents(())) == []


def test_a_folder_is_kept_with_all_its_files_and_no_others(tmp_path: Path) -> None:
    names = ("ملف/a.md", "ملف/deep/b.md", "ملفات.md", "c.md")
    with closing(Shelf(tmp_path / "s")) as shelf:
        for name in names:
            shelf.put(raw(name), READING, [document(name, name)], Notes())
    with closing(Shelf(tmp_path / "s")) as shelf:
        assert shelf.keep("ملف") == names[:2]
        assert shelf.keep("c.md") == ("c.md",)
        assert shelf.keep("d.md") == ()
        assert {one.id for one in shelf.documents()} == {*names[:2], "c.md"}


def test_a_file_is_on_the_shelf_whole_or_not_at_all(shelf: Shelf) -> None:
    def broken() -> Iterator[Document]:
        yield document("a", "a.md")
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        shelf.put(raw("a.md"), READING, broken(), Notes())
    assert not shelf.has(raw("a.md"), READING)
    assert list(shelf.ids()) == []


def test_a_second_process_is_told_to_wait(tmp_path: Path) -> None:
    with closing(Shelf(tmp_path / "s")), pytest.raises(StorageError, match="try again"):
        Shelf(tmp_path / "s")


def test_a_file_that_is_no_shelf_is_named_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "reading.sqlite"
    path.write_bytes(b"not a database, but long enough to be taken for one" * 99)
    with pytest.raises(StorageError, match=r"reading\.sqlite.*delete"):
        Shelf(path)
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError, match="delete"):
        Shelf(tmp_path / "file" / "reading.sqlite")

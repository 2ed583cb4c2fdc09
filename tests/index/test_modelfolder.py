import os
from collections.abc import Callable
from pathlib import Path

import pytest

from index import modelfolder
from ingest.errors import ModelDamagedError, ModelMissingError

SOURCE = "0" * 64


def write(folder: Path) -> None:
    (folder / "weights").write_bytes(b"weights")
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text("{}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    target = tmp_path / "نموذج"
    modelfolder.publish(target, write, source_sha256=SOURCE, work=tmp_path / "work")
    return target


def test_a_published_folder_passes_and_leaves_no_work(folder: Path) -> None:
    seal = modelfolder.check(folder)
    assert seal.source_sha256 == SOURCE
    assert set(seal.files) == {"weights", "1_Pooling/config.json"}
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_a_missing_folder_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError, match="sanad models pull"):
        modelfolder.check(tmp_path / "away")


def flip(folder: Path) -> None:
    (folder / "weights").write_bytes(b"weighTs")


def cut(folder: Path) -> None:
    (folder / "weights").write_bytes(b"weight")


def remove(folder: Path) -> None:
    (folder / "1_Pooling" / "config.json").unlink()


def add(folder: Path) -> None:
    (folder / "1_Pooling" / "extra.py").touch()


def unseal(folder: Path) -> None:
    (folder / modelfolder.SEAL).unlink()


def other_format(folder: Path) -> None:
    seal = folder / modelfolder.SEAL
    seal.write_text(seal.read_text().replace('"format": 1', '"format": 99'))


@pytest.mark.parametrize("damage", [flip, cut, remove, add, unseal, other_format])
def test_any_change_is_refused(folder: Path, damage: Callable[[Path], None]) -> None:
    damage(folder)
    with pytest.raises(ModelDamagedError, match="sanad models pull"):
        modelfolder.check(folder)


def test_a_failed_write_leaves_the_old_folder(folder: Path, tmp_path: Path) -> None:
    def fail(fresh: Path) -> None:
        (fresh / "weights").write_bytes(b"half")
        raise OSError(28, os.strerror(28))

    with pytest.raises(OSError, match="space"):
        modelfolder.publish(folder, fail, source_sha256=SOURCE, work=tmp_path / "work")
    modelfolder.check(folder)
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]


def test_publishing_replaces_a_folder_and_the_rests_of_a_crash(
    folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "work" / "fresh" / "weights").mkdir(parents=True)
    flip(folder)
    modelfolder.publish(folder, write, source_sha256="1" * 64, work=tmp_path / "work")
    assert modelfolder.check(folder).source_sha256 == "1" * 64

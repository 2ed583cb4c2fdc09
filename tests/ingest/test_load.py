from pathlib import Path

import pytest

from ingest.errors import PathMissingError
from ingest.load import Failure, Folder, LoadSettings, RawFile, load


def loaded(path: Path, max_bytes: int = 1000) -> tuple[list[str], dict[str, str]]:
    items = list(load(Folder(path), LoadSettings(max_bytes=max_bytes)))
    return (
        [item.id for item in items if isinstance(item, RawFile)],
        {item.file: item.reason for item in items if isinstance(item, Failure)},
    )


def test_files_come_sorted_by_their_path(tmp_path: Path) -> None:
    (tmp_path / "ب").mkdir()
    for name in ("z.txt", "a.md", "ب/وثيقة.txt", "B.TXT"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    assert loaded(tmp_path) == (["B.TXT", "a.md", "z.txt", "ب/وثيقة.txt"], {})


def test_one_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"x")
    (item,) = load(Folder(tmp_path / "a.txt"), LoadSettings())
    assert item == RawFile((tmp_path / "a.txt").resolve(), "a.txt", b"x")


def test_what_is_not_read_is_reported(tmp_path: Path) -> None:
    (tmp_path / "big.txt").write_bytes(b"x" * 1001)
    (tmp_path / "table.xls").write_bytes(b"x")
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nothing.txt")
    (tmp_path / "good.txt").write_bytes(b"x")
    names, failures = loaded(tmp_path)
    assert names == ["good.txt"]
    assert set(failures) == {"big.txt", "table.xls", "gone.txt"}


def test_hidden_files_are_not_looked_at(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "note.txt").write_bytes(b"x")
    for name in (".note.txt", "~$tarif.xlsx", "~$تعريفة.docx", "Thumbs.db", "desktop.ini"):
        (tmp_path / name).write_bytes(b"x")
    assert loaded(tmp_path) == ([], {})


def test_links_out_of_the_folder_are_refused(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (outside / "secret.txt").write_bytes(b"x")
    (inside / "file.txt").symlink_to(outside / "secret.txt")
    (inside / "folder").symlink_to(outside)
    (inside / "real.txt").write_bytes(b"x")
    (inside / "alias.txt").symlink_to(inside / "real.txt")
    names, failures = loaded(inside)
    assert names == ["alias.txt", "real.txt"]
    assert set(failures) == {"file.txt", "folder"}


def test_a_path_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(PathMissingError, match="nowhere"):
        loaded(tmp_path / "nowhere")


def test_a_huge_file_is_refused_by_its_size_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / "تقرير.pdf").open("wb") as file:
        file.truncate(300_000_000)
    monkeypatch.delattr(Path, "read_bytes")
    (refused,) = load(Folder(tmp_path), LoadSettings())
    assert isinstance(refused, Failure)
    assert "300000000 bytes" in refused.reason

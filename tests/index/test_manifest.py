import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.embedding import EmbedderIdentity
from index.files import FileSeal, seal
from index.manifest import FORMAT, MANIFEST, Manifest, check_embedder, check_files, read_manifest
from ingest.errors import IndexDamagedError, IndexMismatchError, IndexMissingError

E5 = EmbedderIdentity("e5-نموذج", "a" * 64, 384, "query: ", "passage: ")
LINES = {"vectors.npy": b"\x93NUMPY", "lexical/vocab.json": '{"زعفران": 0}'.encode()}
WORD = st.text(st.characters(codec="utf-8"), max_size=12)


def manifest(files: dict[str, FileSeal]) -> Manifest:
    return Manifest(
        embedder=E5, chunker={"size": 9}, corpus="c", documents=1, passages=2, sentences=3,
        questions=4, files=files,
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as a build leaves it, under the name of its content."""
    fresh = tmp_path / "fresh"
    for name, data in LINES.items():
        (fresh / name).parent.mkdir(parents=True, exist_ok=True)
        (fresh / name).write_bytes(data)
    made = manifest({name: seal(fresh / name) for name in LINES})
    (fresh / MANIFEST).write_text(made.text, encoding="utf-8")
    return fresh.rename(tmp_path / made.generation)


def test_a_whole_folder_passes(folder: Path) -> None:
    read = read_manifest(folder)
    assert read.embedder == E5
    assert set(read.files) == set(LINES)
    check_files(folder, read)
    check_embedder(folder, read, E5)


@given(st.dictionaries(WORD, WORD | st.integers()), WORD, st.integers(0))
def test_any_manifest_reads_back_as_it_was(
    chunker: dict[str, str | int], prefix: str, count: int
) -> None:
    made = manifest({}).model_copy(
        update={
            "chunker": chunker,
            "embedder": replace(E5, query_prefix=prefix),
            "passages": count,
        }
    )
    read = Manifest.model_validate_json(made.text)
    assert (read, read.generation) == (made, made.generation)
    assert made.model_copy(update={"passages": count + 1}).generation != made.generation


def test_no_folder_is_missing_and_no_manifest_is_damage(folder: Path) -> None:
    with pytest.raises(IndexMissingError, match="sanad ingest"):
        read_manifest(folder.with_name("0" * 16))
    (folder / MANIFEST).unlink()
    with pytest.raises(IndexDamagedError, match=rf"{MANIFEST}.*sanad ingest"):
        read_manifest(folder)


def changed(change: Callable[[dict[str, dict[str, object]]], object]) -> Callable[[bytes], bytes]:
    def rewrite(data: bytes) -> bytes:
        tree = json.loads(data)
        change(tree)
        return json.dumps(tree, indent=2, ensure_ascii=False).encode()

    return rewrite


def flipped(data: bytes) -> bytes:
    at = data.index(b"384")
    return data[:at] + b"7" + data[at + 1 :]


CHANGES = {
    "foreign field": changed(lambda tree: tree.update(hook={"run": "me"})),
    "foreign field of the model": changed(lambda tree: tree["embedder"].update(hook="run")),
    "foreign field of a file": changed(lambda tree: tree["files"].update(x={"y": 1})),
    "missing field": changed(lambda tree: tree.pop("files")),
    "text for a number": changed(lambda tree: tree.update(passages={"many": 1})),
    "another format": lambda data: data.replace(
        f'"format": {FORMAT}'.encode(), f'"format": {FORMAT + 1}'.encode()
    ),
    "flipped digit": flipped,
    "white space": lambda data: data + b"\n",
    "the same field twice": lambda data: b'{"corpus": "evil",' + data[1:],
    "cut": lambda data: data[:-9],
    "empty": lambda data: b"",
    "not JSON": lambda data: b"\x80\x04N.",
    "not UTF-8": lambda data: data.replace(b"query", b"qu\xffry"),
    "too large": lambda data: data + b" " * 1_000_000,
    "deeply nested": lambda data: b"[" * 100_000,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_any_other_manifest_is_refused_even_under_a_name_made_for_it(
    folder: Path, change: Callable[[bytes], bytes]
) -> None:
    data = change((folder / MANIFEST).read_bytes())
    (folder / MANIFEST).write_bytes(data)
    with pytest.raises(IndexDamagedError, match=rf"{MANIFEST}.*sanad ingest"):
        read_manifest(folder)
    renamed = folder.rename(folder.with_name(hashlib.sha256(data).hexdigest()[:16]))
    with pytest.raises(IndexDamagedError, match=rf"{MANIFEST}.*sanad ingest"):
        read_manifest(renamed)


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("data", [b"", b"x" * 6, b"x" * 99])
def test_a_changed_file_is_named(folder: Path, name: str, data: bytes) -> None:
    (folder / name).write_bytes(data)
    with pytest.raises(IndexDamagedError, match=rf"{name}.*sanad ingest"):
        check_files(folder, read_manifest(folder))


@pytest.mark.parametrize("name", LINES)
def test_a_folder_in_the_place_of_a_file_is_no_file(folder: Path, name: str) -> None:
    (folder / name).unlink()
    (folder / name).mkdir()
    with pytest.raises(IndexDamagedError, match=rf"{name} is missing"):
        check_files(folder, read_manifest(folder))


@pytest.mark.parametrize(
    "other",
    [
        replace(E5, name="bge-m3"),
        replace(E5, fingerprint="b" * 64),
        replace(E5, dimension=1024),
        replace(E5, query_prefix=""),
        replace(E5, passage_prefix="نص: "),
    ],
)
def test_another_model_is_refused_and_both_are_named(folder: Path, other: EmbedderIdentity) -> None:
    with pytest.raises(IndexMismatchError, match="sanad ingest") as caught:
        check_embedder(folder, read_manifest(folder), other)
    message = str(caught.value)
    for identity in (E5, other):
        assert identity.name in message
        assert str(identity.dimension) in message
        assert identity.fingerprint[:12] in message
        assert repr(identity.passage_prefix) in message

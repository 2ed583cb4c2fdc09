import errno
import os
import pickletools
import resource
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import faiss
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import build as build_module
from index import nearest as nearest_module
from index.build import build_index
from index.embedding import EmbedderIdentity, Vectors
from index.files import seal
from index.generation import CURRENT, current, generations, locked, open_current, use
from index.lexical import LexicalIndex
from index.manifest import MANIFEST, check_files, read_manifest
from index.nearest import Nearest
from index.storewriter import write_store
from ingest.collection import IngestReport, IngestResult
from ingest.document import Document, Passage, Section, Sentence, Source, Statement
from ingest.errors import (
    IndexDamagedError,
    IndexMismatchError,
    IndexMissingError,
    StorageError,
)
from tests.fakes import FakeEmbedder
from tests.index.library import BODIES, CHUNKER, SHELF, build, quotes

EMBEDDER = FakeEmbedder()
FILES = (
    "faiss.index",
    "layout.npy",
    "lexical/counts.npy",
    "lexical/rows.npy",
    "lexical/starts.npy",
    "lexical/vocabulary.json",
    "lexical/weights.npy",
    "manifest.json",
    "passages.sqlite",
    "vocabulary.sqlite",
)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("published")
    build(root, SHELF, EMBEDDER)
    return root


@pytest.fixture
def root(published: Path, tmp_path: Path) -> Path:
    """An index of one's own to damage."""
    return Path(shutil.copytree(published, tmp_path / "فهرس index"))


def folder_of(root: Path) -> Path:
    return root / current(root)


def files_of(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def assert_serves(root: Path) -> None:
    """The index of SHELF opens and says what SHELF says."""
    generation = open_current(root, EMBEDDER.identity)
    assert generation.store.documents() == sorted(SHELF, key=lambda one: one.id)
    assert set(quotes(generation)) == {line for one in SHELF for line in one.text.split("\n")}
    generation.close()


# Round trip

LETTERS = st.characters(codec="utf-8") | st.sampled_from("زعفرانتصدير éèçœ 0123٤٥٦\n😀\u202b")
TEXT = st.text(LETTERS, max_size=60)
QUESTIONS = st.lists(TEXT, max_size=2).map(tuple)
SOURCES = st.builds(Source, key=TEXT, publisher=TEXT, title=TEXT, url=st.none() | TEXT)


@st.composite
def documents(draw: st.DrawFn, name: str) -> Document:
    text = draw(TEXT)
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    return Document(
        id=name,
        family=draw(st.sampled_from(("famille", "عائلة"))),
        language=draw(st.sampled_from(("fr", "ar", "en"))),
        title=draw(TEXT),
        text=text,
        kind=draw(st.sampled_from(("fact", "procedure", "document"))),
        source=draw(st.none() | SOURCES),
        topics=tuple(draw(st.lists(TEXT, max_size=2))),
        questions=draw(QUESTIONS),
        sections=(Section("all", (draw(TEXT),), 0, len(text)),),
        statements=tuple(
            Statement(f"s{n}", start, end, (draw(SOURCES),), questions=draw(QUESTIONS))
            for n, (start, end) in enumerate(spans)
        ),
    )


@st.composite
def passages(draw: st.DrawFn, document: Document) -> Passage:
    known = st.sampled_from(document.statements) if document.statements else st.none()
    position = st.integers(0, len(document.text))
    spans = sorted(
        draw(st.lists(st.tuples(position, position).map(sorted), min_size=1, max_size=3))
    )
    return Passage(
        document_id=document.id,
        start=min(start for start, _ in spans),
        end=max(end for _, end in spans),
        anchor="all",
        heading=tuple(draw(st.lists(TEXT, max_size=2))),
        language=document.language,
        tokens=draw(st.integers(0, 300)),
        sentences=tuple(Sentence(start, end, draw(st.none() | known)) for start, end in spans),
    )


@st.composite
def collections(draw: st.DrawFn) -> IngestResult:
    names = sorted(draw(st.sets(st.text(LETTERS, min_size=1, max_size=9), max_size=4)))
    made = [draw(documents(name)) for name in names]
    split = [draw(passages(one)) for one in made for _ in range(draw(st.integers(0, 3)))]
    return IngestResult(tuple(made), tuple(split), IngestReport(len(made), len(made)), BODIES)


@settings(max_examples=30, deadline=None)
@given(collections())
def test_what_was_published_is_what_opens(result: IngestResult) -> None:
    embedder = FakeEmbedder(dimension=8)
    with TemporaryDirectory() as root:
        report = build_index(Path(root), result, embedder, CHUNKER)
        generation = open_current(Path(root), embedder.identity)
        with closing(generation):
            assert generation.name == report.generation
            assert generation.store.documents() == sorted(result.documents, key=lambda d: d.id)
            stored = generation.store.passages(range(len(result.passages)))
            assert tuple(one.passage for one in stored) == result.passages
            originals = {one.id: one.text for one in result.documents}
            assert quotes(generation) == [
                originals[p.document_id][s.start : s.end]
                for p in result.passages
                for s in p.sentences
            ]
            filed = [s.anchor for d in result.documents for s in d.statements for _ in s.questions]
            about = [question for d in result.documents for question in d.questions]
            assert report.questions == len(filed) + len(about)
            anchors = generation.store.places().statements[report.sentences :]
            assert [one for one in anchors if one] == filed
            rows = report.sentences + report.questions
            assert len(generation.vectors) == generation.nearest.shape[0] == rows
            assert generation.store.body("carpet-desk") == BODIES[0]


# Same content, same bytes


def test_the_same_content_gives_the_same_name_and_the_same_bytes(
    published: Path, tmp_path: Path
) -> None:
    build(tmp_path, SHELF[::-1], FakeEmbedder())
    assert current(tmp_path) == current(published)
    found = files_of(folder_of(tmp_path))
    assert found == files_of(folder_of(published))
    assert sorted(found) == sorted(FILES)


def test_publishing_twice_keeps_one_folder(root: Path) -> None:
    before = files_of(folder_of(root))
    build(root, SHELF, EMBEDDER)
    assert generations(root) == [current(root)]
    assert files_of(folder_of(root)) == before


def test_another_reader_of_the_disk_may_read_a_generation(root: Path, published: Path) -> None:
    folder = folder_of(published)
    assert folder.stat().st_mode == (folder / "lexical").stat().st_mode


def test_a_reader_keeps_its_generation_while_another_is_published(root: Path) -> None:
    generation = open_current(root, EMBEDDER.identity)
    said = quotes(generation)
    build(root, SHELF[:2], EMBEDDER)
    assert quotes(generation) == said
    assert len(open_documents(root)) == 2
    generation.close()


def open_documents(root: Path) -> list[Document]:
    generation = open_current(root, EMBEDDER.identity)
    with closing(generation):
        return generation.store.documents()


def test_an_earlier_generation_can_serve_again(root: Path) -> None:
    earlier = current(root)
    build(root, SHELF[:2], EMBEDDER)
    assert generations(root) == [earlier, current(root)]
    use(root, earlier)
    assert_serves(root)


def test_a_generation_that_is_damaged_or_away_is_not_made_current(root: Path) -> None:
    earlier = current(root)
    build(root, SHELF[:2], EMBEDDER)
    serving = current(root)
    (root / earlier / "faiss.index").write_bytes(b"")
    with pytest.raises(IndexDamagedError, match=r"faiss\.index"):
        use(root, earlier)
    with pytest.raises(IndexMissingError):
        use(root, "0" * 16)
    assert current(root) == serving


def test_no_other_generation_is_chosen_while_one_is_built(root: Path) -> None:
    with locked(root), pytest.raises(StorageError, match="try again"):
        use(root, current(root))


def test_no_index_names_the_remedy(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "غائب"):
        with pytest.raises(IndexMissingError, match="sanad ingest"):
            open_current(folder, EMBEDDER.identity)


# Damage


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [flip, truncate, empty, Path.unlink])
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_refused_and_named_and_ingesting_heals_it(
    root: Path, name: str, damage: Callable[[Path], None]
) -> None:
    damage(folder_of(root) / name)
    with pytest.raises(IndexDamagedError, match=rf"{name}.*sanad ingest"):
        open_current(root, EMBEDDER.identity)
    embedder = FakeEmbedder()
    build(root, SHELF, embedder)
    assert embedder.calls == 0
    assert_serves(root)


@pytest.mark.parametrize("content", [b"", b"\n", b"..", b"../x\n", b"\xff" * 16, b"a\0", b"A" * 16])
def test_a_pointer_that_names_no_generation_is_refused(root: Path, content: bytes) -> None:
    (root / CURRENT).write_bytes(content)
    with pytest.raises(IndexDamagedError, match=rf"{CURRENT}.*sanad ingest"):
        open_current(root, EMBEDDER.identity)


def test_a_pointer_to_a_generation_that_is_gone_is_told(root: Path) -> None:
    (root / CURRENT).write_text("0123456789abcdef\n")
    with pytest.raises(IndexMissingError, match="sanad ingest"):
        open_current(root, EMBEDDER.identity)


@pytest.mark.parametrize(
    "other",
    [
        replace(EMBEDDER.identity, name="autre-modèle"),
        replace(EMBEDDER.identity, fingerprint="0" * 64),
        replace(EMBEDDER.identity, dimension=32),
        replace(EMBEDDER.identity, passage_prefix="passage: "),
    ],
)
def test_an_index_of_another_model_is_refused(root: Path, other: EmbedderIdentity) -> None:
    with pytest.raises(IndexMismatchError, match="sanad ingest") as caught:
        open_current(root, other)
    assert EMBEDDER.identity.name in str(caught.value)
    assert other.name in str(caught.value)


# Files with a manifest made for them


def reseal(root: Path, change: Callable[[Path], object]) -> Path:
    """Change files of the generation, and let its manifest and its name say they are right."""
    folder = folder_of(root)
    manifest = read_manifest(folder)
    change(folder)
    (folder / MANIFEST).unlink()
    files = {name: seal(folder / name) for name in sorted(files_of(folder))}
    forged = manifest.model_copy(update={"files": files})
    (folder / MANIFEST).write_text(forged.text, encoding="utf-8")
    (root / CURRENT).write_text(forged.generation + "\n")
    return folder.rename(root / forged.generation)


@pytest.mark.parametrize("name", [name for name in FILES if name != MANIFEST])
def test_a_pickle_under_any_name_is_refused_and_never_run(
    root: Path, tmp_path: Path, name: str
) -> None:
    victim = tmp_path / "pwned"
    payload = b"cbuiltins\nopen\n(S'" + os.fsencode(victim) + b"'\nS'w'\ntR."
    assert any(code.name == "REDUCE" for code, _, _ in pickletools.genops(payload))
    reseal(root, lambda folder: (folder / name).write_bytes(payload))
    with pytest.raises(IndexDamagedError, match=rf"{Path(name).parts[0]}.*sanad ingest"):
        open_current(root, EMBEDDER.identity)
    assert not victim.exists()


def objects(folder: Path) -> None:
    with (folder / "vectors.npy").open("wb") as file:
        header = {"descr": "|O", "fortran_order": False, "shape": (1,)}
        np.lib.format.write_array_header_1_0(file, header)
        file.write(b"cos\nabort\n(tR.")


def resave(folder: Path, name: str, change: Callable[[Any], Any]) -> None:
    vectors = np.load(folder / name, allow_pickle=False)
    np.save(folder / name, change(vectors), allow_pickle=False)


def other_faiss(folder: Path, count: int, dimension: int) -> None:
    write_faiss(folder, np.ones((count, dimension), dtype=np.float32))


def scaled_faiss(folder: Path, factor: float) -> None:
    vectors = Nearest.open(folder / "faiss.index").vectors
    assert vectors is not None
    write_faiss(folder, vectors * np.float32(factor))


def write_faiss(folder: Path, vectors: Vectors) -> None:
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    (folder / "faiss.index").write_bytes(faiss.serialize_index(index).tobytes())


def other_store(folder: Path) -> None:
    (folder / "passages.sqlite").unlink()
    write_store(folder / "passages.sqlite", SHELF[:1], [])


def no_tables(folder: Path) -> None:
    (folder / "passages.sqlite").unlink()
    with closing(sqlite3.connect(folder / "passages.sqlite")) as connection:
        connection.execute("CREATE TABLE other (x)")


FORGERIES: dict[str, tuple[str, Callable[[Path], None]]] = {
    "not unit in FAISS": ("faiss.index", lambda f: scaled_faiss(f, 2)),
    "not numbers in FAISS": ("faiss.index", lambda f: scaled_faiss(f, np.nan)),
    "too many in FAISS": ("faiss.index", lambda f: other_faiss(f, 99, 64)),
    "other dimension in FAISS": ("faiss.index", lambda f: other_faiss(f, 8, 32)),
    "other documents": ("passages.sqlite", other_store),
    "no tables": ("passages.sqlite", no_tables),
    "other rows": ("lexical", lambda f: LexicalIndex.build(["زعفران"]).save(f / "lexical")),
    "no FAISS": ("faiss.index", lambda f: (f / "faiss.index").unlink()),
    "no documents": ("passages.sqlite", lambda f: (f / "passages.sqlite").unlink()),
    "other places": ("layout.npy", lambda f: resave(f, "layout.npy", lambda v: v[:-1])),
    "no places": ("layout.npy", lambda f: (f / "layout.npy").unlink()),
    "no spellings": ("vocabulary.sqlite", lambda f: os.truncate(f / "vocabulary.sqlite", 0)),
    "no words": ("lexical", lambda f: shutil.rmtree(f / "lexical")),
}


VECTORS = "vectors.npy"
ROUNDED: dict[str, Callable[[Path], None]] = {
    "array of objects": objects,
    "doubles": lambda f: resave(f, VECTORS, lambda v: v.astype(float)),
    "one row less": lambda f: resave(f, VECTORS, lambda v: v[1:]),
    "not unit": lambda f: resave(f, VECTORS, lambda v: v // 2),
    "nothing but zeros": lambda f: resave(f, VECTORS, lambda v: v * 0),
    "one dimension": lambda f: resave(f, VECTORS, np.ravel),
    "away": lambda f: (f / VECTORS).unlink(),
}


@pytest.mark.parametrize("forge", ROUNDED.values(), ids=ROUNDED.keys())
def test_vectors_that_do_not_fit_a_rounded_index_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forge: Callable[[Path], None]
) -> None:
    monkeypatch.setattr(nearest_module, "EXACT_UP_TO", 4)
    build(tmp_path, SHELF, EMBEDDER)
    assert_serves(tmp_path)
    reseal(tmp_path, forge)
    with pytest.raises(IndexDamagedError, match=rf"{VECTORS}.*sanad ingest"):
        open_current(tmp_path, EMBEDDER.identity)


@pytest.mark.parametrize(("name", "forge"), FORGERIES.values(), ids=FORGERIES.keys())
def test_files_that_do_not_fit_together_are_refused(
    root: Path, name: str, forge: Callable[[Path], None]
) -> None:
    reseal(root, forge)
    with pytest.raises(IndexDamagedError, match=rf"{name}.*sanad ingest"):
        open_current(root, EMBEDDER.identity)


def test_a_resealed_generation_without_a_change_opens(root: Path) -> None:
    """Or else the refusals above would prove nothing."""
    reseal(root, lambda folder: None)
    assert_serves(root)


# A disk that is full


class Disk:
    """Counts writes, and has no space left for the one numbered `full`."""

    def __init__(self) -> None:
        self.full: int | None = None
        self.writes = 0

    def guard(self, write: Callable[..., object]) -> Callable[..., object]:
        def guarded(*arguments: object, **named: object) -> object:
            self.writes += 1
            if self.writes - 1 == self.full:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return write(*arguments, **named)

        return guarded


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    made = Disk()
    for place, name in (
        (np, "save"),
        (os, "fsync"),
        (Path, "write_bytes"),
        (Path, "write_text"),
        (Path, "mkdir"),
        (Path, "rename"),
        (build_module, "StoreWriter"),
        (faiss, "write_index"),
    ):
        monkeypatch.setattr(place, name, made.guard(getattr(place, name)))
    return made


def assert_tidy(root: Path) -> None:
    """Whatever stands under the root is a whole generation, or known by name."""
    for path in root.iterdir():
        if path.is_dir():
            check_files(path, read_manifest(path))
        else:
            assert path.name in {CURRENT, "LOCK", "embeddings.sqlite"}


def test_no_space_at_any_write_leaves_the_last_generation(published: Path, disk: Disk) -> None:
    """The last write of all flushes the name of the new generation, which serves by then."""
    shelf = SHELF[:3]
    with own_copy(published) as root:
        disk.writes = 0
        build(root, shelf, EMBEDDER)
    total = disk.writes
    assert total > 2 * len(FILES)
    for number in range(total):
        with own_copy(published) as root:
            disk.writes, disk.full = 0, number
            with pytest.raises(StorageError, match="still serves"):
                build(root, shelf, EMBEDDER)
            disk.full = None
            assert_tidy(root)
            serving = shelf if number == total - 1 else SHELF
            assert len(open_documents(root)) == len(serving)
            build(root, shelf, EMBEDDER)
            assert len(open_documents(root)) == len(shelf)


@contextmanager
def own_copy(root: Path) -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        yield Path(shutil.copytree(root, Path(folder) / "index"))


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """The system itself refuses to let a file grow beyond `size` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [0, 16, 500, 1_000, 3_000, 10_000, 30_000])
def test_a_disk_that_really_refuses_is_a_storage_error(root: Path, size: int) -> None:
    embedder = FakeEmbedder(dimension=2048)
    with largest_file(size), pytest.raises(StorageError):
        build(root, SHELF, embedder)
    assert_serves(root)
    assert not list(root.glob(".building*"))
    assert generations(root) == [current(root)]
    build(root, SHELF, embedder)
    opened = open_current(root, embedder.identity)
    assert opened.manifest.documents == len(SHELF)
    opened.close()

"""Folders over time: what is new, what changed, what is gone, and what could not be read."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest import gathered, pipeline
from ingest.collection import IngestReport, seal
from ingest.document import Document
from ingest.errors import ExtractError, InputError, PathMissingError
from ingest.load import Failure, RawFile
from ingest.passages import PassageSettings
from ingest.pipeline import IngestSettings, gather
from ingest.read import Read, read_file
from ingest.stopwatch import Stopwatch
from ingest.worker import Extract
from tests.ingest.sheets import write_corpus

FRENCH = "Le port sec de Fès accueille désormais les conteneurs des exportateurs de la région."
ARABIC = "يستقبل الميناء الجاف بفاس حاويات المصدرين القادمين من كل أقاليم الجهة."
BROKEN = "الميناء".encode("cp1256")

Sync = Callable[..., tuple[IngestReport, dict[str, str]]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "documents"
    path.mkdir()
    (path / "port.txt").write_text(FRENCH, encoding="utf-8")
    (path / "ميناء.md").write_text(f"# الميناء\n\n{ARABIC}", encoding="utf-8")
    return path


@pytest.fixture
def sync(folder: Path, tmp_path: Path) -> Sync:
    """One run over the folder: its report, and the text of each document; published if told."""

    def run(
        *beside: Path, publish: bool = True, previous: pipeline.Previous = pipeline.nothing
    ) -> tuple[IngestReport, dict[str, str]]:
        shelf = tmp_path / "index" / "reading.sqlite"
        with gather([folder, *beside], shelf=shelf, previous=previous) as collection:
            texts = {document.id: document.text for document, _ in collection.entries()}
            if publish:
                collection.settle()
            return collection.report, texts

    return run


@pytest.fixture
def read_names(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were really read."""
    names: list[str] = []

    def counted(raw: RawFile, *rest: Extract) -> tuple[Read | Failure, ...]:
        names.append(raw.id)
        return read_file(raw, *rest)

    monkeypatch.setattr(pipeline, "read_file", counted)
    return names


def test_an_unchanged_file_is_not_read_again(
    sync: Sync, folder: Path, read_names: list[str]
) -> None:
    first, texts = sync()
    assert (first.new, first.changed, first.unchanged) == (2, 0, 0)
    assert read_names == ["port.txt", "ميناء.md"]
    again, same = sync()
    assert (again.new, again.changed, again.unchanged) == (0, 0, 2)
    assert same == texts
    (folder / "ميناء.md").write_text(f"# الميناء\n\n{ARABIC} {ARABIC[:40]}.", encoding="utf-8")
    changed, texts = sync()
    assert (changed.new, changed.changed, changed.unchanged) == (0, 1, 1)
    assert read_names[2:] == ["ميناء.md"]
    assert texts["ميناء.md"].count(ARABIC) == 1


def test_a_run_that_was_not_published_is_continued_not_repeated(
    sync: Sync, read_names: list[str]
) -> None:
    sync(publish=False)
    continued, _ = sync()
    assert (continued.new, continued.unchanged) == (2, 0)
    assert len(read_names) == 2


def test_a_vanished_file_is_gone_and_told(sync: Sync, folder: Path) -> None:
    sync()
    (folder / "ميناء.md").unlink()
    report, texts = sync()
    assert report.vanished == ("ميناء.md",)
    assert report.documents == 1
    assert set(texts) == {"port.txt"}
    assert sync()[0].vanished == ()


def test_a_file_that_fails_keeps_its_last_good_version(sync: Sync, folder: Path) -> None:
    _, good = sync()
    (folder / "ميناء.md").write_bytes(BROKEN)
    for _ in range(2):
        report, texts = sync()
        assert report.kept_old == ("ميناء.md",)
        assert [failure.file for failure in report.failures] == ["ميناء.md"]
        assert report.vanished == ()
        assert texts == good
    (folder / "ميناء.md").write_text(f"# الميناء\n\n{ARABIC}", encoding="utf-8")
    report, texts = sync()
    assert (report.kept_old, report.failures) == ((), ())
    assert texts == good


def test_the_last_good_version_is_found_where_it_was_published(
    sync: Sync, folder: Path, tmp_path: Path
) -> None:
    """The shelf may be deleted at any time."""
    old = Document("ميناء.md", "ميناء.md", "ar", "الميناء", ARABIC, file="ميناء.md")
    (folder / "ميناء.md").write_bytes(BROKEN)
    report, texts = sync(previous=lambda name: [old] if name == "ميناء.md" else [])
    assert report.kept_old == ("ميناء.md",)
    assert texts["ميناء.md"] == ARABIC


def test_a_file_that_never_could_be_read_leaves_nothing(sync: Sync, folder: Path) -> None:
    (folder / "ميناء.md").write_bytes(BROKEN)
    report, texts = sync()
    assert report.kept_old == ()
    assert set(texts) == {"port.txt"}
    assert report.files == 2


def closed(path: Path) -> Callable[..., Iterator[os.DirEntry[str]]]:
    """`os.scandir` that may not look into one folder; permissions do not bind every user."""
    real = os.scandir

    def scan(folder: str) -> Iterator[os.DirEntry[str]]:
        if Path(folder) == path:
            raise PermissionError(13, "Permission denied", str(folder))
        return real(folder)

    return scan


def test_a_folder_inside_that_cannot_be_read_keeps_what_was_in_it(
    sync: Sync, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = folder / "نشرات"
    inside.mkdir()
    (inside / "a.txt").write_text(FRENCH.replace("Fès", "Oujda"), encoding="utf-8")
    _, good = sync()
    monkeypatch.setattr(os, "scandir", closed(inside))
    report, texts = sync()
    assert [failure.file for failure in report.failures] == ["نشرات"]
    assert report.kept_old == ("نشرات/a.txt",)
    assert texts == good


def test_a_folder_that_cannot_be_read_at_all_changes_nothing(
    sync: Sync, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, good = sync()
    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", closed(folder))
        with pytest.raises(ExtractError, match="documents cannot be read"):
            sync()
    report, texts = sync()
    assert texts == good
    assert report.unchanged == 2


def test_several_folders_keep_their_files_apart(sync: Sync, folder: Path, tmp_path: Path) -> None:
    beside = tmp_path / "نشرات"
    beside.mkdir()
    (beside / "port.txt").write_text(FRENCH.replace("Fès", "Oujda"), encoding="utf-8")
    report, texts = sync(beside)
    assert set(texts) == {"port.txt", "ميناء.md", "نشرات/port.txt"}
    assert report.failures == ()
    twin = tmp_path / "other" / "نشرات"
    twin.mkdir(parents=True)
    with pytest.raises(InputError, match="rename"):
        sync(beside, twin)
    with pytest.raises(PathMissingError, match="nowhere"):
        sync(tmp_path / "nowhere")


def test_a_corpus_and_a_folder_are_one_collection(tmp_path: Path, folder: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus")
    with gather([corpus, folder]) as collection:
        names = [document.id for document, _ in collection.entries()]
        assert names == sorted(names)
        assert {"targets.ar", "targets.fr", "documents/port.txt"} <= set(names)
        assert collection.report.documents == len(names)
        assert collection.reference
    with pytest.raises(InputError, match="--with"), gather([folder, corpus]):
        pass


def test_seals_stand_for_entries_and_are_made_once(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus, shelf = write_corpus(tmp_path / "corpus"), tmp_path / "reading.sqlite"
    with gather([corpus, folder], shelf=shelf) as collection:
        seals = dict(collection.seals())
        assert seals == {entry[0].id: seal(entry) for entry in collection.entries()}
        assert list(seals) == sorted(seals)
    monkeypatch.setattr(gathered, "split", None)
    with gather([corpus, folder], shelf=shelf) as collection:
        assert dict(collection.seals()) == seals
    monkeypatch.undo()
    (folder / "port.txt").write_text(f"{FRENCH} Il ouvre en mai.", encoding="utf-8")
    with gather([corpus, folder], shelf=shelf) as collection:
        changed = {name for name, _ in dict(collection.seals()).items() - seals.items()}
        assert changed == {"documents/port.txt"}
        assert [document.id for document, _ in collection.entries(changed)] == [*changed]
    smaller = IngestSettings(passages=PassageSettings(max_tokens=32))
    with gather([corpus, folder], smaller, shelf=shelf) as collection:
        assert dict(collection.seals()) == {
            entry[0].id: seal(entry) for entry in collection.entries()
        }


def test_of_two_documents_with_one_id_the_first_stays(
    sync: Sync, folder: Path, tmp_path: Path
) -> None:
    record = '{{"id": "article-1", "lang": "fr", "title": "Loi", "text": "{}"}}\n'
    for name, town in (("a.jsonl", "Fès"), ("b.jsonl", "Oujda")):
        text = record.format(FRENCH.replace("Fès", town))
        (folder / name).write_text(text, encoding="utf-8")
    report, texts = sync()
    assert "Fès" in texts["article-1"]
    [failure] = report.failures
    assert failure.file == "b.jsonl"
    assert "article-1" in failure.reason
    assert "a.jsonl" in failure.reason
    assert report.documents == len(texts) == 3


def test_a_sheet_stays_where_a_file_bears_its_id(tmp_path: Path, folder: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus")
    record = f'{{"id": "targets.fr", "lang": "fr", "title": "Autre", "text": "{FRENCH}"}}\n'
    (folder / "a.jsonl").write_text(record, encoding="utf-8")
    with gather([corpus, folder]) as collection:
        found = {document.id: document for document, _ in collection.entries()}
        assert found["targets.fr"].statements
        assert [one.file for one in collection.report.failures] == ["documents/a.jsonl"]


def test_what_failed_in_an_older_version_is_not_told_of_the_broken_one(
    sync: Sync, folder: Path
) -> None:
    good = f'{{"id": "a", "lang": "fr", "text": "{FRENCH}"}}\n'
    (folder / "lois.jsonl").write_text(f"{good}{{\n", encoding="utf-8")
    report, _ = sync()
    assert [one.reason.partition(" ")[0] for one in report.failures] == ["lois.jsonl:2"]
    (folder / "lois.jsonl").write_bytes(b"")
    report, texts = sync()
    assert "a" in texts
    assert report.kept_old == ("lois.jsonl",)
    assert [one.reason for one in report.failures] == [
        "lois.jsonl is empty; remove it or fetch it again"
    ]


def test_time_is_told_by_stage(folder: Path) -> None:
    watch = Stopwatch()
    with gather([folder], watch=watch) as collection:
        assert collection.report.documents == 2
    assert {"load", "read", "keep", "link"} <= set(watch.seconds)

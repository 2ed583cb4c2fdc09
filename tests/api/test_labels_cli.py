"""`sanad eval labels`: sheets and pages go out, grades come back."""

import base64
import csv
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from html.parser import HTMLParser
from pathlib import Path

import pytest

from api.labels.page import render
from assistant.question import Turn
from evals.labels import COLUMNS, CRITERIA, SHOWN, Row, blind
from evals.runfolder import RESULTS, RunFolder
from evals.score import Result
from evals.summary import summarise
from tests.api.command import Run
from tests.evals.grading import extra, fill, rows_of
from tests.evals.runs import config, scored

NASTY = "<script>alert(1)</script><img src=x onerror=alert(2)> & \"'{{ 7*7 }}"
ARABIC = "ما هو أجل 150 يوما حسب NM 08.0.800؟"


@pytest.fixture
def results() -> list[Result]:
    found = [scored(f"q{at}", crag=1 if at % 2 else -1, fact_recall=at % 2) for at in range(8)]
    turn = Turn(role="user", content="Bonjour")
    changed = found[1].item.model_copy(update={"question": NASTY, "history": (turn,)})
    arabic = found[2].item.model_copy(update={"question": ARABIC, "language": "ar"})
    found[1] = found[1].model_copy(update={"item": changed})
    found[2] = found[2].model_copy(update={"item": arabic})
    return found


@pytest.fixture
def folder(tmp_path: Path, results: list[Result]) -> Path:
    """A finished run."""
    made = RunFolder(tmp_path / "run")
    made.begin(config())
    made.finish(results, [], summarise(results))
    return made.path


class Page(HTMLParser):
    """Elements with their attributes, and the text of each cell by question and column."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.cells: dict[tuple[str, str], str] = {}
        self._card, self._column, self._depth = "", "", 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.elements.append((tag, attributes))
        self._card = attributes.get("data-id", self._card)
        if tag == "div":
            self._column = attributes.get("data-column", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "div":
            self._column = ""

    def handle_data(self, data: str) -> None:
        if self._column:
            place = (self._card, self._column)
            self.cells[place] = self.cells.get(place, "") + data

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


def test_a_sheet_is_blind_sampled_and_the_same_each_time(
    run: Run, folder: Path, tmp_path: Path
) -> None:
    first, second = tmp_path / "deep" / "a.csv", tmp_path / "b.csv"
    chosen = ("--sample", 5, "--seed", 3)
    ran = run("eval", "labels", "sheet", folder, "--out", first, *chosen)
    assert (ran.code, ran.out, ran.err) == (0, f"{first}\n", "")
    run("eval", "labels", "sheet", folder, "--out", second, *chosen)
    assert first.read_bytes() == second.read_bytes()
    with first.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 5
    assert tuple(rows[0]) == COLUMNS
    assert b"sanad" not in first.read_bytes()


def test_the_page_holds_the_cells_of_the_sheet(results: list[Result]) -> None:
    rows = blind(results, 99)
    page = Page(render(rows))
    assert [card["data-id"] for card in page.all("article")] == [row.id for row in rows]
    for row in rows:
        for column in ("question", "history", "answer", "quotes"):
            assert page.cells.get((row.id, column), "") == getattr(row, column)
    radios = [one for one in page.all("input") if one.get("type") == "radio"]
    assert len(radios) == len(rows) * len(CRITERIA) * 2
    assert len({(one["name"], one["value"]) for one in radios}) == len(radios)
    arabic = [one for one in page.all("div") if one.get("lang") == "ar"]
    assert {one["dir"] for one in arabic} == {"rtl"}
    assert render(rows) == render(rows)


def test_the_page_fetches_nothing_and_runs_only_our_own_code(results: list[Result]) -> None:
    html = render(blind(results, 99))
    page = Page(html)
    assert page.all("img") == []
    for tag, attributes in page.elements:
        assert not {"src", "href", "action", "style"} & attributes.keys(), tag
        assert not any(name.startswith("on") for name in attributes), tag
    assert [one.get("type") for one in page.all("script")] == ["application/json", None]
    [policy] = [one["content"] for one in page.all("meta") if "http-equiv" in one]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    for tag in ("script", "style"):
        own = html.rpartition(f"<{tag}>")[2].partition(f"</{tag}>")[0]
        digest = base64.b64encode(hashlib.sha256(own.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_every_language_of_the_page_says_everything(results: list[Result]) -> None:
    html = render(blind(results, 1))
    [text] = re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', html)
    settings = json.loads(text)
    assert settings["columns"] == list(COLUMNS)
    assert settings["shown"] == list(SHOWN)
    strings = settings["strings"]
    assert {name: words["dir"] for name, words in strings.items()} == {
        "fr": "ltr", "ar": "rtl", "en": "ltr",
    }  # fmt: skip
    used = set(re.findall(r'data-text="(\w+)"', html)) | {"history", "quotes", "name", "dir"}
    for name, words in strings.items():
        assert words.keys() >= used, name
        assert words.keys() == strings["fr"].keys()
        assert all(words.values())


def test_the_page_is_written(run: Run, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "labels.html"
    ran = run("eval", "labels", "page", folder, "--out", out, "--sample", 3)
    assert (ran.code, ran.out) == (0, f"{out}\n")
    assert len(Page(out.read_text(encoding="utf-8")).all("article")) == 3


def test_without_its_libraries_the_page_names_the_extra(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    for name in ("api.labels.page", "api.html.page"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    ran = run("eval", "labels", "page", folder)
    assert ran.code == 6
    assert "sanad[report]" in ran.err


def test_the_page_needs_nothing_that_draws() -> None:
    code = "import sys; import api.labels.page; sys.exit('matplotlib' in sys.modules)"
    repository = Path(__file__).resolve().parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=repository, check=False).returncode == 0


Sheets = Callable[..., tuple[Path, Path]]


@pytest.fixture
def sheets(tmp_path: Path, results: list[Result]) -> Sheets:
    """Two graders who agree on all of six answers but q3; `lines` are added to the second."""

    def build(*lines: Sequence[str], second: str = "بلال") -> tuple[Path, Path]:
        rows: list[Row] = rows_of(results)
        grades = {f"q{at}": "yes" if at % 2 else "no" for at in range(6)}
        other = {**grades, "q3": ("yes", "لا", "1", "")}
        return (
            fill(tmp_path / "a.csv", rows, "Amina", grades),
            fill(tmp_path / "b.csv", rows, second, other, *lines),
        )

    return build


def test_agreement_is_told_as_a_table_and_as_json(run: Run, sheets: Sheets, folder: Path) -> None:
    ran = run("eval", "labels", "agree", *sheets())
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Amina and بلال\n")
    assert "automatic" not in ran.out
    complete = next(line for line in ran.out.splitlines() if line.startswith("complete"))
    assert complete.split()[:6] == ["complete", "all", "6", "6", "6", "0.83"]
    ran = run("eval", "labels", "agree", *sheets(), "--run", folder)
    assert "crag = 1" in ran.out
    found = run("eval", "labels", "agree", *sheets(), "--run", folder, "--json").json
    assert found["graders"] == ["Amina", "بلال"]
    kappas = {(one["criterion"], one["slice"]): one["kappa"] for one in found["agreement"]}
    assert kappas["supported", "all"]["kappa"] == 1
    assert kappas["useful", "all"]["n"] == 5
    measures = {(one["measure"], one["slice"]): one for one in found["calibration"]}
    assert measures["crag = 1", "all"]["disputed"] == 1
    assert measures["crag = 1", "all"]["kappa"]["kappa"] == 1
    assert {name for _, name in measures} == {"all", "language:ar", "language:fr"}


@pytest.mark.parametrize(
    ("lines", "second", "named"),
    [
        ([extra("q99", useful="yes")], "B", "b.csv:10: id: 'q99' is not in the run"),
        ([extra("q9", useful="jein")], "B", "b.csv:10: useful: 'jein' is no grade"),
        ([], "AMINA", "a.csv too"),
    ],
)
def test_what_cannot_be_compared_is_2_and_named(
    run: Run, sheets: Sheets, folder: Path, *, lines: list[list[str]], second: str, named: str
) -> None:
    ran = run("eval", "labels", "agree", *sheets(*lines, second=second), "--run", folder)
    assert (ran.code, ran.out) == (2, "")
    assert named in ran.err


@pytest.mark.parametrize("command", ["sheet", "page"])
def test_a_folder_that_is_no_run_is_2(run: Run, folder: Path, command: str) -> None:
    (folder / RESULTS).unlink()
    ran = run("eval", "labels", command, folder)
    assert ran.code == 2
    assert "sanad eval run" in ran.err

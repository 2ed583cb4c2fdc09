import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

from typer.testing import CliRunner

from api.cli import program
from api.commands.growth import line
from api.report.charts import growth_picture
from evals.growth import Cost
from evals.statistics import Estimate, Interval
from ingest.errors import IndexMissingError
from tests.fakes import FakeEmbedder
from tests.index.library import SHELF, build

FLAT = Cost(
    part="flat",
    rows=1_000,
    chosen=True,
    build=0.25,
    bytes_per_row=1_536.4,
    queries=(0.5, 1.0, 3.0),
    recall=Estimate(1.0, Interval(0.96, 1.0)),
    change=0.25,
)
COSTS = [
    FLAT,
    replace(FLAT, rows=10_000, queries=(2.0, 4.0, 5.0)),
    replace(FLAT, part="words", recall=None),
    replace(FLAT, part="look-ups", recall=None, build=None, change=None),
]


def test_a_row_says_how_often_how_long_and_how_much_longer() -> None:
    cells = [cell.strip() for cell in line(COSTS[1], COSTS).strip("|").split("|")]
    assert cells == [
        "10,000", "flat", "yes", "4.000", "2.000", "5.000", "3", "4.00",
        "1.000 [0.960, 1.000]", "1536", "0.25", "0.25",
    ]  # fmt: skip
    assert line(COSTS[3], COSTS).count(" - ") == 3


def test_the_picture_is_the_same_each_time_and_names_what_it_draws() -> None:
    picture = growth_picture(COSTS)
    assert picture == growth_picture(COSTS)
    ElementTree.fromstring(picture)
    for name in ("nearest vectors", "words", "look-ups"):
        assert name in picture


def test_the_command_measures_kin_of_an_index(tmp_path: Path) -> None:
    build(tmp_path / "فهرس", SHELF, FakeEmbedder())
    done = CliRunner().invoke(
        program(),
        [
            "eval", "growth", "100", "--index", str(tmp_path / "فهرس"), "--questions", "3",
            "--plot", str(tmp_path / "growth.svg"), "--json",
        ],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert [one["part"] for one in found] == ["flat", "hnsw", "ivf", "words", "look-ups", "index"]
    assert {len(one["queries"]) for one in found} == {3}
    assert "<svg" in (tmp_path / "growth.svg").read_text(encoding="utf-8")


def test_an_index_that_is_missing_names_the_remedy(tmp_path: Path) -> None:
    done = CliRunner().invoke(program(), ["eval", "growth", "100", "--index", str(tmp_path)])
    assert isinstance(done.exception, IndexMissingError)

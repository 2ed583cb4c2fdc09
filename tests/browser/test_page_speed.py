"""A visit over an imitated line, measured: what is measured is there, and a cache saves."""

import pytest

from api.app import create_app
from assistant.assistant import Assistant
from evals.pagereport import page
from evals.pagespeed import CACHES, LINES, MEASURES, Line, Visit, measure_page
from evals.runfolder import environment
from tests.browser.browsing import chromium_path
from tests.browser.readmepictures import MOST_BYTES, path_of
from tests.browser.readmepictures import QUESTIONS as PICTURED
from tests.browser.test_chat_page import QUESTIONS
from tests.conftest import REPOSITORY
from tests.loopback import serving

QUICK = Line(LINES[0].name, latency=20, down=1_000_000, up=1_000_000)
ASKED = {language: QUESTIONS[language] for language in ("fr", "ar")}


@pytest.fixture(scope="module")
def visits(sanad: Assistant) -> list[Visit]:
    chromium_path()
    with serving(create_app(sanad)) as origin:
        versions = {"before": origin, "now": origin}
        return list(measure_page(versions, ASKED, rounds=1, report=lambda *_: None, lines=[QUICK]))


def test_every_measure_of_every_visit_is_there(visits: list[Visit]) -> None:
    told = [(one.version, one.language, one.cache) for one in visits]
    assert sorted(told) == sorted(
        (version, language, cache)
        for version in ("before", "now") for language in ASKED for cache in CACHES
    )  # fmt: skip
    for visit in visits:
        assert set(visit.measured) == set(MEASURES)
        assert min(visit.measured.values()) > 0


def test_a_second_visit_asks_for_the_page_and_no_file(visits: list[Visit]) -> None:
    cold, warm = ([one.measured for one in visits if one.cache == cache] for cache in CACHES)
    assert min(one["requests"] for one in cold) > 10
    assert max(one["requests"] for one in warm) <= 2
    assert max(one["kilobytes"] for one in warm) < 5 < min(one["kilobytes"] for one in cold) < 100


def test_the_page_has_a_table_for_each_line_and_language(visits: list[Visit]) -> None:
    text = page(visits, ASKED, environment(), day="2026-11-22", commit="abc")
    assert text.count("| cold, before | cold, now | warm, before | warm, now |") == len(ASKED)
    for part in (*MEASURES.values(), *ASKED.values(), "500", "2,000 ms"):
        assert part in text or part == "500"
    alone = [one for one in visits if one.version == "now"]
    assert (
        "before"
        not in page(alone, ASKED, environment(), day="", commit=None).split("- Nothing")[1:]
    )


def test_the_page_that_is_kept_was_written_by_it() -> None:
    kept = (REPOSITORY / "docs" / "page.md").read_text(encoding="utf-8")
    for part in (*MEASURES.values(), *(line.name for line in LINES)):
        assert part in kept


@pytest.mark.parametrize("language", PICTURED)
def test_the_pictures_of_the_readme_are_small_and_shown(language: str) -> None:
    path = path_of(language)
    assert 10_000 < path.stat().st_size <= MOST_BYTES
    shown = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert f'src="{path.relative_to(REPOSITORY).as_posix()}"' in shown

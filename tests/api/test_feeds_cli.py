from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from ingest.feeds.address import Network
from ingest.feeds.fetch import Clock, Fetcher
from tests.api.command import Run
from tests.fakes import FakeEmbedder
from tests.tradecorpus import write_trade_corpus
from tests.wildserver import WildServer, reply, wild_server

FRENCH = """<html><body><h1>Quai nord</h1>
<p>Le quai nord du port ouvre aux exportateurs de safran le 3 mai 2026.</p></body></html>"""
ARABIC = """<html><body><h1>الرصيف الجنوبي</h1>
<p>يفتح الرصيف الجنوبي للميناء أمام مصدري الزعفران يوم 4 ماي 2026.</p></body></html>"""


@pytest.fixture
def server() -> Iterator[WildServer]:
    html = "text/html; charset=utf-8"
    pages = {
        "/nord": reply(body=FRENCH, Content_Type=html, ETag='"n"'),
        "/sud": reply(body=ARABIC, Content_Type=html),
    }
    with wild_server(pages) as running:
        yield running


@pytest.fixture
def feeds(server: WildServer, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The small corpus with two feeds of a server on loopback."""
    corpus = write_trade_corpus(tmp_path / "corpus")
    entries = [
        f"  - {{id: {name}, url: 'http://port.test:{server.port}/{name}', publisher: Port,"
        f" language: {language}, kind: page, max_age: 0}}\n"
        for name, language in (("nord", "fr"), ("sud", "ar"))
    ]
    (corpus / "feeds.yaml").write_text("feeds:\n" + "".join(entries), encoding="utf-8")
    monkeypatch.setenv("SANAD_CORPUS", str(corpus))
    monkeypatch.setenv("SANAD_FEEDS", str(tmp_path / "feeds"))
    monkeypatch.setenv("SANAD_FEEDS_CONTACT", "office@port.test")
    network = Network(frozenset({server.port}), lambda _: True, lambda _host, _port: ["127.0.0.1"])
    made = partial(Fetcher, network=network, clock=Clock(sleep=lambda _: None))
    monkeypatch.setattr("ingest.feeds.feedfolder.Fetcher", made)
    return corpus / "feeds.yaml"


def test_feeds_are_fetched_and_found_beside_the_corpus(
    run: Run, embedder: FakeEmbedder, feeds: Path, server: WildServer
) -> None:
    ran = run("ingest", "--feeds", "--json")
    assert ran.code == 0
    assert ran.json["feeds"]["fetched"] == ["nord.html", "sud.html"]
    assert server.asked[0].headers["user-agent"].endswith("(+office@port.test)")
    for question, found in (("quai nord", "nord"), ("الرصيف الجنوبي", "sud")):
        hit = run("search", question, "--json").json["hits"][0]
        assert hit["document_id"] == f"feeds/{found}.html"
        assert hit["url"] == f"http://port.test:{server.port}/{found}"
    assert run("search", "permis d'huile d'olive", "--json").json["hits"]


def test_a_feed_that_fails_is_3_and_its_copy_stays(
    run: Run, embedder: FakeEmbedder, feeds: Path, server: WildServer
) -> None:
    run("ingest", "--feeds")
    server.pages |= {"/nord": reply(500), "/sud": reply(body=ARABIC.replace("4", "5"))}
    ran = run("ingest", "--feeds")
    assert ran.code == 3
    assert "not fetched: nord.html" in ran.out
    assert "1 new or changed, 0 unchanged, 0 not due, 0 removed, 1 failed" in ran.out
    assert run("search", "quai nord", "--json").json["hits"][0]["document_id"] == "feeds/nord.html"
    assert "5 ماي" in run("search", "الرصيف الجنوبي", "--json").json["hits"][0]["quote"]


def test_a_feed_that_left_the_list_leaves_the_index(
    run: Run, embedder: FakeEmbedder, feeds: Path, tmp_path: Path
) -> None:
    run("ingest", "--feeds")
    lines = feeds.read_text(encoding="utf-8").splitlines(keepends=True)
    feeds.write_text("".join(lines[:-1]), encoding="utf-8")
    ran = run("ingest", "--feeds", "--json")
    assert ran.json["feeds"]["removed"] == ["sud.html"]
    assert ran.json["report"]["vanished"] == ["feeds/sud.html"]
    assert not (tmp_path / "feeds" / "sud.html").exists()


def test_without_the_switch_nobody_is_asked(
    run: Run, embedder: FakeEmbedder, feeds: Path, server: WildServer
) -> None:
    ran = run("ingest", "--json")
    assert ran.code == 0
    assert ran.json["feeds"] is None
    assert server.asked == []


def test_feeds_without_a_contact_are_2(
    run: Run,
    embedder: FakeEmbedder,
    feeds: Path,
    server: WildServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("SANAD_FEEDS_CONTACT")
    ran = run("ingest", "--feeds")
    assert ran.code == 2
    assert "SANAD_FEEDS_CONTACT" in ran.err
    assert server.asked == []


@pytest.mark.parametrize("contact", ["a b", "x\r\nHost: evil.test", "مكتب", "ab"])
def test_a_contact_that_cannot_stand_in_a_header_is_2(
    run: Run, embedder: FakeEmbedder, feeds: Path, monkeypatch: pytest.MonkeyPatch, contact: str
) -> None:
    monkeypatch.setenv("SANAD_FEEDS_CONTACT", contact)
    ran = run("ingest", "--feeds")
    assert ran.code == 2
    assert "SANAD_FEEDS_CONTACT" in ran.err


def test_a_corpus_without_feeds_has_nothing_to_fetch(
    run: Run, embedder: FakeEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANAD_FEEDS_CONTACT", "office@port.test")
    ran = run("ingest", "--feeds")
    assert ran.code == 2
    assert "feeds.yaml" in ran.err

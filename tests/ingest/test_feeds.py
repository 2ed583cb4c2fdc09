from pathlib import Path

import pytest

from ingest.corpus import Corpus, read_corpus
from ingest.errors import CorpusError
from ingest.feeds.feed import Feed, hosts, load_feeds
from tests.tradecorpus import write_trade_corpus

CORPUS = Path(__file__).resolve().parents[2] / "corpus"
FEED = """feeds:
  - id: oc-goods
    url: https://www.oc.gov.ma/fr/biens
    publisher: Office des Changes
    language: fr
    kind: page
"""


def problems(folder: Path, text: str) -> str:
    (folder / "feeds.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CorpusError) as caught:
        load_feeds(folder / "feeds.yaml")
    return str(caught.value)


def test_our_feeds_are_sources_at_the_address_that_they_have_there(real_corpus: Corpus) -> None:
    statements = [one for document in real_corpus.documents for one in document.statements]
    sources = {source.key: source for one in statements for source in one.sources}
    feeds = load_feeds(CORPUS / "feeds.yaml")
    assert feeds
    for feed in feeds:
        source = sources[feed.id]
        assert feed.url == source.url
        assert (feed.publisher, feed.language) == (source.publisher, source.language)
        assert source.tier == "official"


def test_our_feeds_carry_topics_of_the_corpus(real_corpus: Corpus) -> None:
    known = {topic for document in real_corpus.documents for topic in document.topics}
    for feed in load_feeds(CORPUS / "feeds.yaml"):
        assert feed.topics
        assert set(feed.topics) <= known


def test_a_feed_with_what_it_need_not_say(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text(FEED, encoding="utf-8")
    (feed,) = load_feeds(tmp_path / "feeds.yaml")
    assert feed == Feed(
        id="oc-goods",
        url="https://www.oc.gov.ma/fr/biens",
        publisher="Office des Changes",
        language="fr",
        kind="page",
        max_age=7,
        tier="official",
    )
    assert feed.file == "oc-goods.html"
    assert hosts([feed]) == {"www.oc.gov.ma"}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("id: oc-goods", "id: Biens du Maroc", "feeds.0.id"),
        ("id: oc-goods", "id: ../../etc/passwd", "feeds.0.id"),
        ("    kind: page\n", "", "feeds.0.kind"),
        ("kind: page", "kind: video", "feeds.0.kind"),
        ("language: fr", "language: العربية", "feeds.0.language"),
        ("kind: page", "kind: page\n    maxage: 3", "feeds.0.maxage"),
        ("kind: page", "kind: page\n    max_age: -1", "feeds.0.max_age"),
        ("kind: page", "kind: page\n    max_age: soon", "feeds.0.max_age"),
        ("https://www.oc.gov.ma/fr/biens", "http://127.0.0.1/", "no plain name"),
        ("https://www.oc.gov.ma/fr/biens", "file:///etc/passwd", "only http and https"),
        ("https://www.oc.gov.ma/fr/biens", "https://a@oc.gov.ma/", "user name"),
        ("publisher: Office des Changes", 'publisher: ""', "feeds.0.publisher"),
        ("feeds:", "feed:", "feeds"),
    ],
)
def test_a_slip_is_named_with_its_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    found = problems(tmp_path, FEED.replace(old, new))
    assert told in found
    assert "feeds.yaml:" in found


def test_two_feeds_of_one_id_or_address(tmp_path: Path) -> None:
    found = problems(tmp_path, FEED + FEED.removeprefix("feeds:\n"))
    assert "feeds.yaml:7" in found
    assert "id: oc-goods stands twice" in found
    assert "url: https://www.oc.gov.ma/fr/biens stands twice" in found


def test_an_empty_list_allows_nothing(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text("# nothing yet\n", encoding="utf-8")
    assert hosts(load_feeds(tmp_path / "feeds.yaml")) == frozenset()


def test_feeds_are_checked_with_their_corpus(tmp_path: Path) -> None:
    folder = write_trade_corpus(tmp_path / "corpus")
    (folder / "feeds.yaml").write_text(FEED, encoding="utf-8")
    assert read_corpus(folder).problems == ()
    (folder / "feeds.yaml").write_text(FEED.replace("page", "video"), encoding="utf-8")
    (problem,) = read_corpus(folder).problems
    assert (problem.file, problem.line) == ("feeds.yaml", 6)

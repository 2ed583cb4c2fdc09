import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.document import Document
from ingest.errors import ExtractError, FetchError, SettingsError, StorageError
from ingest.feeds.feed import Feed
from ingest.feeds.feedfolder import FeedsReport, fetch_feeds, update_feeds
from ingest.feeds.fetch import Fetched, Validators
from ingest.feeds.origin import ORIGINS_FILE, read_origins
from ingest.load import Folder, LoadSettings, RawFile, load
from ingest.pipeline import ingest_folder
from ingest.read import Read, read_file

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
HTML = "text/html; charset=utf-8"
FRENCH = """<html lang="en"><head><title>Domiciliation</title></head><body><h1>Domiciliation</h1>
<p>La domiciliation bancaire est faite sous 30 jours auprès de la banque de l'exportateur.</p>
<p>Elle porte le numéro du titre d'exportation et la devise du contrat.</p></body></html>"""
ARABIC = """<html><head><title>التأشير على الوثائق</title></head><body><h1>التأشير على الوثائق</h1>
<p>تؤشر الغرفة على شهادة المنشأ داخل 10 أيام من إيداع الطلب لدى المصلحة المختصة.</p>
<p>يودع الطلب مرفقا بالفاتورة التجارية وبنسخة من السجل التجاري للشركة.</p></body></html>"""


def feed(name: str = "oc-goods", **changed: object) -> Feed:
    given: dict[str, object] = {
        "id": name,
        "url": f"https://ministere.test/{name}",
        "publisher": "Office des Changes",
        "language": "fr",
        "kind": "page",
        "topics": ["exchange-office"],
    }
    return Feed.model_validate(given | changed)


class Web:
    """What the addresses hold today: a page, None when unchanged, or an error; and who asked."""

    def __init__(self, **pages: str | bytes | BaseException | None) -> None:
        self.pages = pages
        self.asked: list[tuple[str, Validators | None]] = []
        self.content_type = HTML
        self.etag: str | None = '"1"'

    def fetch(self, url: str, known: Validators | None = None) -> Fetched | None:
        name = url.rpartition("/")[2].replace("-", "_")
        self.asked.append((name, known))
        page = self.pages[name]
        if isinstance(page, BaseException):
            raise page
        if page is None:
            return None
        body = page.encode() if isinstance(page, str) else page
        return Fetched(f"{url}?landed", body, self.content_type, Validators(self.etag, None))


def update(folder: Path, web: Web, *feeds: Feed, days: float = 0) -> FeedsReport:
    moment = NOW + timedelta(days=days)
    return update_feeds(feeds, folder, web.fetch, moment, lambda _done, _total, _name: None)


def files(folder: Path) -> list[RawFile]:
    items = load(Folder(folder, "feeds"), LoadSettings())
    return [item for item in items if isinstance(item, RawFile)]


def documents(folder: Path) -> list[Document]:
    read = [one for raw in files(folder) for one in read_file(raw)]
    return [one.document for one in read if isinstance(one, Read)]


def test_what_is_fetched_lies_there_with_its_origin(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "feeds"
    report = update(
        folder, Web(oc_goods=FRENCH, tanger=ARABIC), feed(), feed("tanger", language="ar")
    )
    assert report == FeedsReport(fetched=("oc-goods.html", "tanger.html"))
    assert (folder / "tanger.html").read_text(encoding="utf-8") == ARABIC
    origin = read_origins(folder)["oc-goods.html"]
    assert origin.url == "https://ministere.test/oc-goods"
    assert origin.landed == "https://ministere.test/oc-goods?landed"
    assert (origin.fetched, origin.checked, origin.status) == (NOW, NOW, 200)
    assert (origin.etag, origin.content_type) == ('"1"', HTML)
    assert sorted(path.name for path in folder.iterdir()) == [
        ORIGINS_FILE,
        "oc-goods.html",
        "tanger.html",
    ]


def test_documents_say_where_they_were_fetched(tmp_path: Path) -> None:
    feeds = feed(title="Exportations"), feed("tanger", language="ar", publisher="غرفة التجارة")
    update(tmp_path, Web(oc_goods=FRENCH, tanger=ARABIC), *feeds)
    french, arabic = documents(tmp_path)
    assert french.source is not None
    assert (french.source.publisher, french.source.title) == ("Office des Changes", "Exportations")
    assert (french.source.url, french.source.tier) == (
        "https://ministere.test/oc-goods",
        "official",
    )
    assert (french.language, french.as_of) == ("fr", "2026-11-22")
    assert french.topics == ("exchange-office",)
    assert "30 jours" in french.text
    assert arabic.source is not None
    assert (arabic.source.publisher, arabic.language) == ("غرفة التجارة", "ar")
    assert arabic.source.title == arabic.title
    assert "داخل 10 أيام" in arabic.text
    assert ingest_folder(tmp_path).documents[1].source == replace(arabic.source, key="tanger.html")


def test_a_file_that_nobody_fetched_has_no_origin(tmp_path: Path) -> None:
    update(tmp_path, Web(oc_goods=FRENCH), feed())
    (tmp_path / "own.txt").write_text("x", encoding="utf-8")
    assert {item.id: item.origin is not None for item in files(tmp_path)} == {
        "feeds/oc-goods.html": True,
        "feeds/own.txt": False,
    }


def test_a_young_copy_is_not_asked_for(tmp_path: Path) -> None:
    web = Web(oc_goods=FRENCH)
    update(tmp_path, web, feed(max_age=7))
    assert update(tmp_path, web, feed(max_age=7), days=6.9).fresh == ("oc-goods.html",)
    assert len(web.asked) == 1
    assert update(tmp_path, web, feed(max_age=7), days=7).unchanged == ("oc-goods.html",)
    assert len(web.asked) == 2


def test_an_unchanged_copy_stays_and_is_known_to_stand(tmp_path: Path) -> None:
    update(tmp_path, Web(oc_goods=FRENCH), feed())
    web = Web(oc_goods=None)
    assert update(tmp_path, web, feed(), days=8).unchanged == ("oc-goods.html",)
    assert web.asked == [("oc_goods", Validators('"1"', None))]
    origin = read_origins(tmp_path)["oc-goods.html"]
    assert (origin.fetched, origin.checked) == (NOW, NOW + timedelta(days=8))
    assert (origin.etag, origin.status) == ('"1"', 304)
    (document,) = documents(tmp_path)
    assert document.as_of == "2026-11-30"


def test_a_changed_page_replaces_its_copy(tmp_path: Path) -> None:
    update(tmp_path, Web(oc_goods=FRENCH), feed())
    report = update(tmp_path, Web(oc_goods=FRENCH.replace("30", "45")), feed(), days=8)
    assert report.fetched == ("oc-goods.html",)
    assert "45 jours" in documents(tmp_path)[0].text


@pytest.mark.parametrize(
    "failure",
    [
        FetchError("https://ministere.test/oc-goods answers with status 503"),
        "",
        b"%PDF-1.7",
        '{"error": "busy"}',
    ],
)
def test_a_failure_keeps_the_copy_and_says_so(
    tmp_path: Path, failure: str | bytes | BaseException
) -> None:
    update(tmp_path, Web(oc_goods=FRENCH), feed())
    (told,) = update(tmp_path, Web(oc_goods=failure), feed(), days=8).failures
    assert told.file == "oc-goods.html"
    assert "the copy of 2026-11-22 stays" in told.reason
    assert (tmp_path / "oc-goods.html").read_text(encoding="utf-8") == FRENCH
    origin = read_origins(tmp_path)["oc-goods.html"]
    assert origin.failure is not None
    assert origin.checked == NOW
    assert documents(tmp_path)[0].as_of == "2026-11-22"
    web = Web(oc_goods=None)
    assert update(tmp_path, web, feed(max_age=365), days=9).unchanged == ("oc-goods.html",)
    assert read_origins(tmp_path)["oc-goods.html"].failure is None


def test_a_first_failure_leaves_nothing(tmp_path: Path) -> None:
    web = Web(oc_goods=FetchError("no"), tanger=ARABIC)
    report = update(tmp_path, web, feed(), feed("tanger", language="ar"))
    assert "no earlier copy" in report.failures[0].reason
    assert report.fetched == ("tanger.html",)
    assert not (tmp_path / "oc-goods.html").exists()


def test_unchanged_without_a_copy_is_a_failure(tmp_path: Path) -> None:
    assert "no copy" in update(tmp_path, Web(oc_goods=None), feed()).failures[0].reason


@pytest.mark.parametrize("damage", ["alter", "remove"])
def test_a_damaged_copy_is_fetched_anew(tmp_path: Path, damage: str) -> None:
    update(tmp_path, Web(oc_goods=FRENCH), feed())
    copy = tmp_path / "oc-goods.html"
    copy.write_text("x", encoding="utf-8") if damage == "alter" else copy.unlink()
    web = Web(oc_goods=FRENCH)
    assert update(tmp_path, web, feed()).fetched == ("oc-goods.html",)
    assert web.asked == [("oc_goods", None)]
    assert copy.read_text(encoding="utf-8") == FRENCH


def test_another_address_has_nothing_to_do_with_the_copy(tmp_path: Path) -> None:
    update(tmp_path, Web(oc_goods=FRENCH), feed())
    web = Web(oc_goods=FRENCH)
    update(tmp_path, web, feed(url="https://ministere.test/fr/oc-goods"))
    assert web.asked == [("oc_goods", None)]


def test_what_the_list_says_of_a_feed_is_what_counts_now(tmp_path: Path) -> None:
    update(tmp_path, Web(oc_goods=FRENCH), feed())
    report = update(tmp_path, Web(), feed(publisher="مكتب الصرف", topics=["import-titles"]))
    assert report.fresh == ("oc-goods.html",)
    (document,) = documents(tmp_path)
    assert document.source is not None
    assert document.source.publisher == "مكتب الصرف"
    assert document.topics == ("import-titles",)


def test_what_left_the_list_leaves_the_folder_and_nothing_else_does(tmp_path: Path) -> None:
    update(tmp_path, Web(oc_goods=FRENCH, tanger=ARABIC), feed(), feed("tanger"))
    (tmp_path / "own.txt").write_text("x", encoding="utf-8")
    assert update(tmp_path, Web(), feed("tanger")).removed == ("oc-goods.html",)
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == [ORIGINS_FILE, "own.txt", "tanger.html"]


def test_an_interrupted_run_loses_nothing(tmp_path: Path) -> None:
    stopped = Web(oc_goods=FRENCH, tanger=KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        update(tmp_path, stopped, feed(), feed("tanger"))
    web = Web(tanger=ARABIC)
    report = update(tmp_path, web, feed(), feed("tanger"))
    assert (report.fresh, report.fetched) == (("oc-goods.html",), ("tanger.html",))


@pytest.mark.parametrize(
    "text",
    ["", "not json", '{"files": {"a.html": {}}}', '{"files": {"../a.html": {}}}', '{"other": {}}'],
)
def test_origins_that_cannot_be_read_stop_everything(tmp_path: Path, text: str) -> None:
    (tmp_path / ORIGINS_FILE).write_text(text, encoding="utf-8")
    with pytest.raises(ExtractError, match="sanad ingest --feeds"):
        list(load(Folder(tmp_path), LoadSettings()))
    with pytest.raises(ExtractError, match="sanad ingest --feeds"):
        update(tmp_path, Web(), feed())


def test_a_name_in_the_origins_never_leads_out_of_the_folder(tmp_path: Path) -> None:
    folder, outside = tmp_path / "feeds", tmp_path / "outside.html"
    update(folder, Web(oc_goods=FRENCH), feed())
    outside.write_text("x", encoding="utf-8")
    origins = json.loads((folder / ORIGINS_FILE).read_text(encoding="utf-8"))
    origins["files"]["../outside.html"] = origins["files"]["oc-goods.html"]
    (folder / ORIGINS_FILE).write_text(json.dumps(origins), encoding="utf-8")
    with pytest.raises(ExtractError):
        update(folder, Web(), feed())
    assert outside.exists()


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "feeds").write_text("a file", encoding="utf-8")
    with pytest.raises(StorageError, match="feeds"):
        update(tmp_path / "feeds", Web(oc_goods=FRENCH), feed())


def test_nobody_is_asked_without_a_name_to_answer_to(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="SANAD_FEEDS_CONTACT"):
        fetch_feeds(tmp_path / "feeds.yaml", tmp_path, None, lambda _done, _total, _name: None)

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from fastapi.testclient import TestClient

from api.access.caller import STAFF
from api.app import create_app
from api.memory import keys
from api.memory.database import Database
from assistant.assistant import Assistant, assemble
from assistant.compose import ExtractiveComposer
from index.build import build_index
from index.generation import open_current
from index.store import Reference, Store
from index.storewriter import write_store
from ingest.corpus import Corpus
from ingest.pipeline import ingest_folder
from tests.fakes import FakeEmbedder
from tests.postgresql import PostgreSQL
from tests.tradecorpus import DIRECTORY, write_trade_corpus

REGIONS = """
regions:
  - id: souss-massa
    names: {fr: Souss-Massa, ar: سوس-ماسة, en: Souss-Massa}
    office: office-souss
    provinces: [{fr: Agadir-Ida-Ou-Tanane, ar: أكادير إداوتنان}]
    cities: [{fr: Agadir, ar: أكادير}, {fr: Taliouine, ar: تالوين}]
  - id: oriental
    names: {fr: L'Oriental, ar: جهة الشرق, en: Oriental}
    office: office-oriental
    provinces: [{fr: Berkane, ar: بركان}]
    cities: [{fr: Oujda, ar: وجدة}]
"""
_OFFICE = """
  - id: {id}
    names: {{fr: "Bureau {fr}", ar: "مكتب {ar}", en: "{fr} office"}}
    aliases: []
    purpose: {{fr: Oriente les exportateurs., ar: يوجه المصدرين., en: Guides exporters.}}
    topics: [saffron]
    contacts:
      - {{kind: phone, value: "{phone}", source: saffron-board-2026}}
"""

As = Callable[[str], dict[str, str]]

on_both = pytest.mark.parametrize("records", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture(scope="session")
def regional(
    trade_embedder: FakeEmbedder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Assistant]:
    """Sanad over the small corpus with two regions, each with an office of its own."""
    with regional_assistant(tmp_path_factory.mktemp("regional"), trade_embedder) as opened:
        yield opened


@contextmanager
def regional_assistant(folder: Path, embedder: FakeEmbedder) -> Iterator[Assistant]:
    """The same, in a folder of the caller."""
    corpus = write_trade_corpus(folder / "corpus")
    (corpus / "regions.yaml").write_text(REGIONS, encoding="utf-8")
    offices = _OFFICE.format(
        id="office-souss", fr="Souss", ar="سوس", phone="0528000111"
    ) + _OFFICE.format(id="office-oriental", fr="Oriental", ar="الشرق", phone="0536000111")
    bodies, _, unattributed = DIRECTORY.partition("unattributed:")
    directory = f"{bodies}{offices.lstrip(chr(10))}unattributed:{unattributed}"
    (corpus / "directory.yaml").write_text(directory, encoding="utf-8")
    build_index(folder / "index", ingest_folder(corpus), embedder, {"max_tokens": 256})
    generation = open_current(folder / "index", embedder.identity)
    yield assemble(generation, embedder, ExtractiveComposer())
    generation.close()


@pytest.fixture
def shipped(regional: Assistant, real_corpus: Corpus, tmp_path: Path) -> Iterator[TestClient]:
    """The application over the directory and the procedures that are shipped, without an index."""
    procedures = [one for one in real_corpus.documents if one.kind == "procedure"]
    reference: list[Reference] = [*real_corpus.bodies, *real_corpus.regions]
    write_store(tmp_path / "store.sqlite", procedures, [], (), reference)
    with closing(Store(tmp_path / "store.sqlite")) as store:
        app = create_app(regional)
        bare = SimpleNamespace(store=store)
        app.state.serving = SimpleNamespace(lease=lambda: nullcontext(bare))
        with TestClient(app) as opened:
            yield opened


@pytest.fixture
def records(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database of records that is empty but for its tables; `on_both` runs a test with each."""
    url = f"sqlite:///{tmp_path / 'records.sqlite'}"
    if getattr(request, "param", "sqlite") == "postgresql":
        server: PostgreSQL = request.getfixturevalue("postgresql")
        url = server.database()
    database = Database(url)
    yield database
    database.close()


@pytest.fixture
def office(regional: Assistant, records: Database) -> Iterator[TestClient]:
    """The application with its records, for anybody."""
    app = create_app(regional, database=records)
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def as_(records: Database) -> As:
    """The headers of a program with a role; there is a key for each."""
    now = datetime.now(UTC)
    with records.session() as session:
        made: dict[str, str] = {
            role: keys.add(session, name=f"{role}-program", role=role, expires=None, now=now)
            for role in STAFF
        }
    return lambda role: {"Authorization": f"Bearer {made[role]}"}

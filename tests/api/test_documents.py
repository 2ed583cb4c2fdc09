"""`GET /v1/search`, `/v1/documents` and `/v1/documents/{id}`."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from assistant.assistant import Assistant, assemble
from assistant.compose import ExtractiveComposer
from index.build import build_index
from index.generation import open_current
from ingest.pipeline import ingest_folder
from tests.api.test_problems import assert_problem
from tests.fakes import FakeEmbedder
from tests.tradecorpus import SHEETS

FILES = {
    "notes/2026/Réunion du port.md": "# Réunion du port\n\nLe quai nord ouvre le 3 mai 2026.\n",
    "وثائق/ميناء.txt": "يفتح الرصيف الشمالي يوم 3 ماي 2026.\n",
    "plain.txt": "The north quay opens on 3 May 2026.\n",
}
FILLER = "\n".join(f"Bassin {n} : grue {n + 100}, {n * 7} caisses." for n in range(60))


@pytest.fixture
def files(tmp_path: Path) -> Iterator[TestClient]:
    """The application over a plain folder with folders in it."""
    for name, text in FILES.items():
        path = tmp_path / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "files" / "bassins.txt").write_text(FILLER, encoding="utf-8")
    embedder = FakeEmbedder(dimension=256, common=0.78)
    build_index(tmp_path / "index", ingest_folder(tmp_path / "files"), embedder, {})
    generation = open_current(tmp_path / "index", embedder.identity)
    try:
        with TestClient(create_app(assemble(generation, embedder, ExtractiveComposer()))) as client:
            yield client
    finally:
        generation.close()


def test_the_list_counts_all_and_gives_pages(client: TestClient) -> None:
    whole = client.get("/v1/documents").json()
    assert whole["total"] == len(SHEETS)
    ids = [document["id"] for document in whole["documents"]]
    assert ids == sorted(SHEETS)
    first = client.get("/v1/documents", params={"limit": 4}).json()
    rest = client.get("/v1/documents", params={"limit": 100, "offset": 4}).json()
    assert first["total"] == len(SHEETS)
    assert [d["id"] for d in first["documents"] + rest["documents"]] == ids
    assert "text" not in whole["documents"][0]


@pytest.mark.parametrize("document_id", sorted(SHEETS))
def test_a_document_has_its_text_and_provenance(
    client: TestClient, sanad: Assistant, document_id: str
) -> None:
    document = client.get(f"/v1/documents/{document_id}").json()
    stored = sanad.store.document(document_id)
    assert document["text"] == stored.text
    assert document["title"] == stored.title
    assert document["language"] == document_id[-2:]
    assert document["as_of"] == "2026-04-01"


@pytest.mark.parametrize("name", sorted(FILES))
def test_ids_may_hold_folders_spaces_and_arabic(files: TestClient, name: str) -> None:
    response = files.get(f"/v1/documents/{name}")
    assert response.status_code == 200
    assert "2026" in response.json()["text"]
    assert name in [d["id"] for d in files.get("/v1/documents").json()["documents"]]


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Le quai nord ouvre-t-il le 3 mai 2026 ?", "notes/2026/Réunion du port.md"),
        ("هل يفتح الرصيف الشمالي يوم 3 ماي 2026؟", "وثائق/ميناء.txt"),
        ("Does the north quay open on 3 May 2026?", "plain.txt"),
    ],
)
def test_answers_point_into_files_too(files: TestClient, question: str, name: str) -> None:
    [citation] = files.post("/v1/ask", json={"question": question}).json()["citations"]
    assert citation["document_id"] == name
    text = files.get(f"/v1/documents/{name}").json()["text"]
    assert text[citation["start"] : citation["end"]] == citation["quote"]
    assert citation["publisher"] is None


@pytest.mark.parametrize(
    ("query", "document_id"),
    [
        ("coopératives du programme safran", "saffron-programme.fr"),
        ("تعاونيات برنامج الزعفران", "saffron-programme.ar"),
        ("0537 000 111", "carpet-desk"),
        ("+212 537-000111", "carpet-desk"),
        ("formulaire D-12", "olive-permit.fr"),
    ],
)
def test_search_finds_words_figures_and_phones(
    client: TestClient, query: str, document_id: str
) -> None:
    hits = client.get("/v1/search", params={"q": query, "k": 3}).json()["hits"]
    assert hits[0]["document_id"].startswith(document_id)
    assert [hit["score"] for hit in hits] == sorted((h["score"] for h in hits), reverse=True)
    for hit in hits:
        text = client.get(f"/v1/documents/{hit['document_id']}").json()["text"]
        assert text[hit["start"] : hit["end"]] == hit["quote"]


def test_k_bounds_the_hits(client: TestClient) -> None:
    assert len(client.get("/v1/search", params={"q": "safran", "k": 2}).json()["hits"]) == 2


def test_health_tells_what_would_answer(client: TestClient, sanad: Assistant) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {
        "status": "ready",
        "generation": sanad.generation.name,
        "documents": len(SHEETS),
        "composer": "extractive",
        "model": None,
        "model_answers": None,
        "database": "none",
        "refused": None,
        "degraded": [],
    }


def test_a_search_that_grows_when_it_is_read_is_refused(client: TestClient) -> None:
    response = client.get("/v1/search", params={"q": "\ufdfa" * 1_000})
    assert_problem(response, 422, "question_too_long")

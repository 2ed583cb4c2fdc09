"""A generation that takes over from another one, against the same made from nothing."""

from collections.abc import Container, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import build as build_module
from index import nearest
from index.build import build_index
from index.generation import NEAREST, current, open_current
from index.manifest import MANIFEST
from index.retriever import HybridRetriever
from index.splice import Contents, Part, Splice
from ingest.body import Body
from ingest.collection import Collection, Entry, IngestResult, Reference
from ingest.document import Document
from tests.fakes import FakeEmbedder
from tests.index.library import BODIES, CHUNKER, SHELF, asked, document, ingested

SENTENCES = (
    "L'exportation du safran demande un certificat.",
    "Le guichet du safran répond au 0537736074.",
    "يتطلب تصدير الزعفران شهادة الصحة النباتية.",
    "ينظم القانون 13-89 التجارة الخارجية.",
    "The permit takes 30 days.",
    "!",
)
FATES = ("stay", "stay", "change", "come", "go")
QUESTIONS = ("Combien coûte le safran ?", "بشحال الزعفران؟")
NAMES = ("a", "b", "carpets", "d", "safran", "زعفران", "ي")


@st.composite
def documents(draw: st.DrawFn, name: str) -> Document:
    lines = draw(st.lists(st.sampled_from(SENTENCES), max_size=5))
    plain = document(name, draw(st.sampled_from(("fr", "ar"))), f"Titre {name}", *lines)
    if draw(st.booleans()):
        return replace(plain, id=name, statements=())
    asks = st.lists(st.sampled_from(QUESTIONS), max_size=2)
    return replace(asked(plain, {"s0": draw(asks), "s2": draw(asks)}, *draw(asks)), id=name)


@st.composite
def shelves(draw: st.DrawFn) -> tuple[list[Document], list[Document]]:
    """A shelf and what became of it: each document stays, changes, comes or goes."""
    before, after = [], []
    for name in NAMES:
        one, fate = draw(documents(name)), draw(st.sampled_from(FATES))
        if fate != "come":
            before.append(one)
        if fate != "go":
            after.append(draw(documents(name)) if fate == "change" else one)
    return before, after


def built(root: Path, *collections: Collection) -> Path:
    """The folder of the last of some generations, one built after the other."""
    for collection in collections:
        build_index(root, collection, FakeEmbedder(), CHUNKER)
    return root / current(root)


def files(folder: Path, *but: str) -> Mapping[str, bytes]:
    """What the files of a generation hold, by name."""
    named = ((path.relative_to(folder).as_posix(), path) for path in folder.rglob("*"))
    return {name: path.read_bytes() for name, path in named if path.is_file() and name not in but}


def found(root: Path, question: str) -> list[tuple[str, float]]:
    """The best passages for a question with their scores."""
    embedder = FakeEmbedder()
    with closing(open_current(root, embedder.identity)) as generation:
        retriever = HybridRetriever(generation, embedder)
        hits = retriever.search(retriever.encode(question), 5)
        return [(hit.stored.passage.document_id, hit.score) for hit in hits]


OTHER = replace(BODIES[0], id="saffron-desk")
DIRECTORIES = st.lists(st.sampled_from((BODIES[0], OTHER)), unique_by=lambda body: body.id)


@settings(max_examples=25, deadline=None)
@given(shelves(), DIRECTORIES, DIRECTORIES)
def test_what_is_taken_over_is_what_would_be_made_from_nothing(
    shelf: tuple[list[Document], list[Document]], bodies: list[Body], later: list[Body]
) -> None:
    """To the byte: rows, tokens, weights, vectors, places, vocabulary, reference and name."""
    before, after = ingested(shelf[0], tuple(bodies)), ingested(shelf[1], tuple(later))
    with TemporaryDirectory() as folder:
        taken = built(Path(folder, "taken"), before, after)
        fresh = built(Path(folder, "fresh"), after)
        assert files(taken) == files(fresh)
        assert taken.name == fresh.name


@settings(max_examples=15, deadline=None)
@given(shelves(), st.sampled_from(QUESTIONS))
def test_above_the_threshold_only_the_lists_tell_of_what_was_before(
    shelf: tuple[list[Document], list[Document]], question: str
) -> None:
    before, after = map(ingested, shelf)
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(nearest, "EXACT_UP_TO", 4)
        taken, fresh = Path(folder, "taken"), Path(folder, "fresh")
        mine, theirs = built(taken, before, after), built(fresh, after)
        assert files(mine, NEAREST, MANIFEST) == files(theirs, NEAREST, MANIFEST)
        assert found(taken, question) == found(fresh, question)


def test_what_was_rounded_is_exact_again_in_a_collection_that_shrank(tmp_path: Path) -> None:
    """A generation too large to compare every vector has 16 bits of each; a small one has all."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nearest, "EXACT_UP_TO", 6)
        large, small = ingested(SHELF), ingested(SHELF[:1])
        taken = built(tmp_path / "taken", large, small)
        fresh = built(tmp_path / "fresh", small)
    assert "vectors.npy" in files(next(iter((tmp_path / "taken").glob("*/vectors.npy"))).parent)
    assert files(taken) == files(fresh)


class Asked:
    """A collection that remembers whose entries were wanted."""

    def __init__(self, of: IngestResult) -> None:
        self._of = of
        self.names: list[str] = []

    @property
    def reference(self) -> tuple[Reference, ...]:
        return self._of.reference

    def seals(self) -> Iterator[tuple[str, str]]:
        return self._of.seals()

    def entries(self, among: Container[str] | None = None) -> Iterator[Entry]:
        for entry in self._of.entries(among):
            self.names.append(entry[0].id)
            yield entry


def wanted(root: Path, shelf: tuple[Document, ...] = SHELF) -> list[str]:
    """Whose entries a build takes."""
    collection = Asked(ingested(shelf, BODIES))
    built(root, collection)
    return collection.names


ALL = sorted(one.id for one in SHELF)


@pytest.mark.parametrize("place", range(len(SHELF)), ids=[one.id for one in SHELF])
def test_only_what_changed_is_cut_again(tmp_path: Path, place: int) -> None:
    assert wanted(tmp_path) == ALL
    shelf = list(SHELF)
    shelf[place] = replace(shelf[place], valid_to="2027-01-01")
    assert wanted(tmp_path, tuple(shelf)) == [SHELF[place].id]
    assert wanted(tmp_path, tuple(shelf[1:])) == []


@pytest.mark.parametrize("change", [{"tokens": 7}, {"language": "en"}, {"heading": ("Titre",)}])
def test_a_document_that_is_cut_in_another_way_is_cut_again(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    before = ingested(SHELF)
    first, *rest = before.passages
    after = replace(before, passages=(replace(first, **change), *rest))
    taken, fresh = built(tmp_path / "taken", before, after), built(tmp_path / "fresh", after)
    assert files(taken) == files(fresh)


def test_documents_in_any_order_are_one_collection(tmp_path: Path) -> None:
    forth = ingested(SHELF)
    back = replace(forth, documents=forth.documents[::-1], passages=forth.passages)
    assert built(tmp_path / "forth", forth).name == built(tmp_path / "back", back).name


def test_words_that_are_cut_in_another_way_are_all_cut_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built(tmp_path, ingested(SHELF))
    monkeypatch.setattr(build_module, "analysis", lambda: "another")
    assert wanted(tmp_path) == ALL


def test_another_model_and_a_damaged_generation_are_not_built_upon(tmp_path: Path) -> None:
    build_index(tmp_path, ingested(SHELF), FakeEmbedder(name="other"), CHUNKER)
    assert wanted(tmp_path) == ALL
    nearest = tmp_path / current(tmp_path) / "faiss.index"
    nearest.write_bytes(nearest.read_bytes()[:-1] + b"!")
    assert wanted(tmp_path) == ALL
    assert wanted(tmp_path) == []


SIZES = st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(0, 2))
NAMED = st.dictionaries(st.sampled_from(NAMES), SIZES)


def contents(sizes: Mapping[str, tuple[int, int, int]]) -> Contents:
    ordered = dict(sorted(sizes.items()))
    return Contents.of(dict.fromkeys(ordered, ""), [*ordered.values()])


@given(NAMED, NAMED, st.sets(st.sampled_from(NAMES)))
def test_every_row_has_one_place_and_every_place_one_row(
    former: dict[str, tuple[int, int, int]],
    fresh: dict[str, tuple[int, int, int]],
    kept: set[str],
) -> None:
    stays = kept & (former.keys() - fresh.keys())
    splice = Splice(stays, contents(former), contents(fresh))
    sizes = {name: former[name] for name in stays} | fresh
    assert splice.total(Part.DOCUMENTS) == len(sizes)
    for part in (Part.PASSAGES, Part.SENTENCES, Part.QUESTIONS):
        own = [sizes[name][part - 1] for name in sorted(sizes)]
        assert splice.total(part) == sum(own)
        assert splice.kept(part) == sum(former[name][part - 1] for name in stays)
        places = np.concatenate([splice.places(part, "former"), splice.places(part, "fresh")])
        assert sorted(places[places >= 0]) == [*range(sum(own))]
    origins = splice.origins()
    rows = splice.total(Part.SENTENCES) + splice.total(Part.QUESTIONS)
    assert len(origins) == rows
    former_places = splice.places(Part.SENTENCES, "former")
    for row, place in enumerate(former_places):
        assert place < 0 or origins[place] == row
    for run, after in zip(splice.runs, splice.runs[1:], strict=False):
        assert run.last < after.first

"""A generation that takes over from another one, against the same made from nothing."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import nearest
from index.build import build_index
from index.generation import current
from index.splice import Contents, Part, Splice
from index.store import Store
from ingest.body import Body
from ingest.collection import IngestResult
from ingest.document import Document
from ingest.regions import Region
from tests.fakes import FakeEmbedder
from tests.index.library import BODIES, CHUNKER, asked, document, ingested

SENTENCES = (
    "L'exportation du safran demande un certificat.",
    "Le guichet du safran répond au 0537736074.",
    "يتطلب تصدير الزعفران شهادة الصحة النباتية.",
    "ينظم القانون 13-89 التجارة الخارجية.",
    "The permit takes 30 days.",
    "!",
)
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
        one, fate = draw(documents(name)), draw(st.sampled_from("stay stay change come go".split()))
        if fate != "come":
            before.append(one)
        if fate != "go":
            after.append(draw(documents(name)) if fate == "change" else one)
    return before, after


def built(root: Path, *collections: IngestResult) -> Path:
    """The folder of the last of some generations, one built after the other."""
    for collection in collections:
        build_index(root, collection, FakeEmbedder(), CHUNKER)
    return root / current(root)


def files(folder: Path) -> Mapping[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


BODY = replace(BODIES[0], id="saffron-desk")
DIRECTORIES = st.lists(st.sampled_from((BODIES[0], BODY)), unique_by=lambda body: body.id)


@settings(max_examples=60, deadline=None)
@given(shelves(), DIRECTORIES, DIRECTORIES)
def test_what_is_taken_over_is_what_would_be_made_from_nothing(
    shelf: tuple[list[Document], list[Document]], bodies: list[Body], later: list[Body]
) -> None:
    """To the byte: rows, tokens, weights, vectors, places, vocabulary, reference and name."""
    before, after = (
        ingested(documents, tuple(directory))
        for documents, directory in zip(shelf, (bodies, later), strict=True)
    )
    with TemporaryDirectory() as folder:
        taken = built(Path(folder, "taken"), before, after)
        fresh = built(Path(folder, "fresh"), after)
        assert files(taken) == files(fresh)
        assert taken.name == fresh.name

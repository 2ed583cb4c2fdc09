"""Who asks for a whole course gets the guide for what they make; who asks one thing gets none."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.guides import BROAD, COURSE, Guides
from assistant.wishes import Wishes
from index.generation import Generation
from index.retriever import HybridRetriever, Match
from ingest.document import OVERVIEW, Document
from tests.fakes import FakeEmbedder
from tests.index.library import asked, built, document

ASKED = {
    "carpets": {
        "fr": ["quels papiers pour exporter des tapis ?", "exporter un tapis, quels papiers ?"],
        "ar": ["ما هي الأوراق لتصدير الزرابي؟", "أوراق تصدير زربية"],
    },
    "honey": {
        "fr": ["quels papiers pour exporter du miel ?", "exporter le miel, quels papiers ?"],
        "ar": ["ما هي الأوراق لتصدير العسل؟", "أوراق تصدير عسل"],
    },
    "sweets": {
        "fr": ["quels papiers pour importer du nougat ?", "importer le nougat, quels papiers ?"],
        "ar": ["ما هي الأوراق لاستيراد النوغا؟", "أوراق استيراد نوغا"],
    },
}


def guide(family: str, language: str) -> Document:
    """A guide as the index sees it: its overview with what is filed there."""
    plain = document(family, language, f"Guide {family}", f"Cours {family}.")
    (statement,) = asked(plain, {"s0": ASKED[family][language]}).statements
    return replace(plain, statements=(replace(statement, anchor=OVERVIEW),))


def single() -> Document:
    filed = {"s0": ["combien de jours pour l'acquit ?", "délai acquit", "كم يوما لسند الإبراء؟"]}
    return asked(document("receipt", "fr", "L'acquit", "L'acquit prend neuf jours."), filed)


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generation]:
    shelf = [guide(family, language) for family in ASKED for language in ("fr", "ar")]
    with closing(
        built(tmp_path_factory.mktemp("guides"), [*shelf, single()], FakeEmbedder())
    ) as made:
        yield made


def found(generation: Generation, question: str) -> tuple[list[str], tuple[Match, ...]]:
    """The families of the guides among the matches, and these."""
    retriever = HybridRetriever(generation, FakeEmbedder())
    query = retriever.encode(question)
    matches = Guides(retriever, Wishes.load()).among(query, retriever.match(query, 60))
    sentences = generation.store.sentences(match.row for match in matches)
    return [one.family for one in sentences if one.anchor == OVERVIEW], matches


@pytest.mark.parametrize(
    ("question", "family"),
    [
        ("Quels papiers pour exporter mes tapis ?", "carpets"),
        ("Quels papiers pour exporter mon miel ?", "honey"),
        ("Quels papiers pour importer mon nougat ?", "sweets"),
        ("ما هي الأوراق لتصدير الزربية؟", "carpets"),
        ("ما هي الأوراق لتصدير عسلنا؟", "honey"),
        ("ما هي الأوراق لاستيراد النوغا؟", "sweets"),
    ],
)
def test_a_broad_question_gets_the_guide_for_what_it_names(
    generation: Generation, question: str, family: str
) -> None:
    families, matches = found(generation, question)
    assert families == [family]
    assert [match.score for match in matches] == sorted(
        (match.score for match in matches), reverse=True
    )


def test_the_guide_has_the_crowds_of_all(generation: Generation) -> None:
    retriever = HybridRetriever(generation, FakeEmbedder())
    query = retriever.encode("Quels papiers pour exporter mes tapis ?")
    before = retriever.match(query, 60)
    rows = set(generation.store.overviews())
    crowd = sum(match.crowd for match in before if match.row in rows)
    after = Guides(retriever, Wishes.load()).among(query, before)
    assert [match.crowd for match in after if match.row in rows] == [pytest.approx(crowd)]
    assert crowd > max(match.crowd for match in before)
    assert [match for match in after if match.row not in rows] == [
        match for match in before if match.row not in rows
    ]


@pytest.mark.parametrize(
    ("question", "leads"),
    [
        ("Quels papiers pour exporter mes tapis ?", True),
        ("ما هي الأوراق لتصدير الزربية؟", True),
        ("exporter mes tapis", False),
        ("تصدير الزربية", False),
    ],
)
def test_nothing_stands_before_the_guide_of_who_asks_for_papers(
    generation: Generation, question: str, leads: bool
) -> None:
    retriever = HybridRetriever(generation, FakeEmbedder())
    query = retriever.encode(question)
    rows = set(generation.store.overviews())
    before = [
        replace(match, score=match.score if match.row in rows else 9.0)
        for match in retriever.match(query, 60)
    ]
    after = Guides(retriever, Wishes.load()).among(query, before)
    [guide] = [match for match in after if match.row in rows]
    assert guide.crowd >= COURSE
    assert (guide.score == max(match.score for match in after)) is leads


def test_who_asks_one_thing_gets_no_guide(generation: Generation) -> None:
    retriever = HybridRetriever(generation, FakeEmbedder())
    query = retriever.encode("Combien de jours pour l'acquit ?")
    rows = set(generation.store.overviews())
    before = tuple(
        replace(match, crowd=BROAD / 100 if match.row in rows else 0.9)
        for match in retriever.match(query, 60)
    )
    assert any(match.row in rows for match in before)
    after = Guides(retriever, Wishes.load()).among(query, before)
    assert after == tuple(match for match in before if match.row not in rows)


def test_without_guides_all_matches_stay(tmp_path: Path) -> None:
    with closing(built(tmp_path, [single()], FakeEmbedder())) as generation:
        retriever = HybridRetriever(generation, FakeEmbedder())
        query = retriever.encode("acquit")
        matches = retriever.match(query, 60)
        assert matches
        assert Guides(retriever, Wishes.load()).among(query, matches) == matches

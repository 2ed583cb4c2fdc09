from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.build import CACHE, BuildReport, build_index, current_build
from index.changes import Changes
from index.embedding import LocatedModel
from index.generation import generations, locked, open_current
from index.store import sentence_text
from index.tokens import tokenize
from ingest.document import Document
from ingest.errors import StorageError
from tests.fakes import FakeEmbedder
from tests.index.library import (
    BODIES,
    CHUNKER,
    SHELF,
    asked,
    build,
    built,
    document,
    ingested,
    passages,
    quotes,
)


def texts_of(*shelf: Document) -> set[str]:
    """What has to be embedded for a shelf."""
    return {
        sentence_text(one.title, one.text[s.start : s.end])
        for one in shelf
        for p in passages([one])
        for s in p.sentences
    }


def reworded(one: Document) -> Document:
    """The same document with another last sentence."""
    *kept, last = one.text.split("\n")
    return document(one.family, one.language, one.title, *kept, f"{last} Mis à jour / تم التحديث.")


def test_the_report_counts_what_was_done(tmp_path: Path) -> None:
    embedder = FakeEmbedder()
    report = build(tmp_path / "index", SHELF, embedder)
    expected = passages(SHELF)
    assert report.documents == len(SHELF)
    assert report.passages == len(expected)
    assert report.sentences == sum(len(p.sentences) for p in expected)
    assert report.embedded == embedder.calls == len(texts_of(*SHELF))


@pytest.mark.parametrize("chosen", range(len(SHELF)), ids=[one.id for one in SHELF])
def test_one_changed_document_costs_only_its_own_texts(tmp_path: Path, chosen: int) -> None:
    embedder = FakeEmbedder()
    first = build(tmp_path, SHELF, embedder)
    before = embedder.calls
    shelf = [reworded(one) if at == chosen else one for at, one in enumerate(SHELF)]
    second = build(tmp_path, shelf, embedder)
    new = texts_of(shelf[chosen]) - texts_of(SHELF[chosen])
    assert new
    assert embedder.calls - before == second.embedded == len(new)
    assert second.generation != first.generation
    generation = open_current(tmp_path, embedder.identity)
    assert generation.store.document(shelf[chosen].id) == shelf[chosen]
    generation.close()


def test_nothing_new_costs_nothing(tmp_path: Path) -> None:
    first = build(tmp_path, SHELF, FakeEmbedder())
    embedder = FakeEmbedder()
    assert build(tmp_path, SHELF, embedder) == unchanged(first)
    assert embedder.calls == 0
    assert generations(tmp_path) == [first.generation]


def unchanged(report: BuildReport) -> BuildReport:
    """The report of building the same again."""
    return replace(report, embedded=0, changes=Changes(kept=report.passages))


def located(embedder: FakeEmbedder) -> LocatedModel:
    return LocatedModel(embedder.identity.name, Path(), embedder.identity.fingerprint, "", "")


def test_what_is_up_to_date_is_known_without_the_model(tmp_path: Path) -> None:
    embedder = FakeEmbedder()
    assert current_build(tmp_path, ingested(SHELF, BODIES), located(embedder), CHUNKER) is None
    report = build(tmp_path, SHELF, embedder)
    found = current_build(tmp_path, ingested(SHELF, BODIES), located(embedder), CHUNKER)
    assert found == unchanged(report)


def test_another_model_is_not_up_to_date(tmp_path: Path) -> None:
    embedder = FakeEmbedder()
    build(tmp_path, SHELF, embedder)
    for model in (
        replace(located(embedder), fingerprint="other"),
        replace(located(embedder), query_prefix="query: "),
    ):
        assert current_build(tmp_path, ingested(SHELF, BODIES), model, CHUNKER) is None


def test_other_content_chunker_or_damage_is_not_up_to_date(tmp_path: Path) -> None:
    embedder = FakeEmbedder()
    report = build(tmp_path, SHELF, embedder)
    model = located(embedder)
    changed = ingested([reworded(SHELF[0]), *SHELF[1:]], BODIES)
    assert current_build(tmp_path, changed, model, CHUNKER) is None
    assert (
        current_build(tmp_path, ingested(SHELF, BODIES), model, {**CHUNKER, "max_tokens": 99})
        is None
    )
    (tmp_path / report.generation / "faiss.index").unlink()
    assert current_build(tmp_path, ingested(SHELF, BODIES), model, CHUNKER) is None


def test_a_lost_cache_costs_nothing_that_the_generation_before_holds(tmp_path: Path) -> None:
    first = build(tmp_path, SHELF, FakeEmbedder())
    (tmp_path / CACHE).unlink()
    assert build(tmp_path, SHELF, FakeEmbedder()) == unchanged(first)


def test_a_lost_cache_and_another_model_cost_embedding_again(tmp_path: Path) -> None:
    first = build(tmp_path, SHELF, FakeEmbedder())
    other = build(tmp_path, SHELF, FakeEmbedder(name="other"))
    assert other.embedded == first.embedded
    assert other.changes == Changes(kept=first.passages)
    (tmp_path / CACHE).unlink()
    assert build(tmp_path, SHELF, FakeEmbedder()) == replace(
        unchanged(first), embedded=first.embedded
    )


def test_a_vanished_document_is_gone_everywhere(tmp_path: Path) -> None:
    embedder = FakeEmbedder()
    build(tmp_path, SHELF, embedder)
    rest = [one for one in SHELF if one.family != "saffron"]
    before = embedder.calls
    generation = built(tmp_path, rest, embedder)
    assert embedder.calls == before
    assert {one.id for one in generation.store.documents()} == {one.id for one in rest}
    assert not any("safran" in quote or "الزعفران" in quote for quote in quotes(generation))
    for word in ("safran", "زعفران"):
        assert generation.lexical.idf(word) == generation.lexical.idf("never-seen")
    generation.close()


def test_the_order_of_vectors_is_the_order_of_rows(tmp_path: Path) -> None:
    embedder = FakeEmbedder()
    generation = built(tmp_path, SHELF, embedder)
    for one in generation.store.passages(range(generation.manifest.passages)):
        text = generation.store.document(one.passage.document_id)
        last = one.first_sentence + len(one.passage.sentences)
        rows = generation.vectors[one.first_sentence : last]
        for sentence, row in zip(one.passage.sentences, rows, strict=True):
            words = text.text[sentence.start : sentence.end]
            expected = embedder.embed_queries([sentence_text(text.title, words)])[0]
            np.testing.assert_array_equal(row, expected)
    generation.close()


ASKED = tuple(
    asked(one, {"s0": [f"{word} ؟", "شكون؟"], "s1": ["بشحال؟"]}, f"{one.title} ?")
    for one, word in zip(SHELF, ("أوراق", "papier", "علامة", "étiquette", "paper"), strict=True)
)


def test_the_vectors_of_questions_follow_those_of_sentences(tmp_path: Path) -> None:
    embedder = FakeEmbedder()
    report = build(tmp_path, ASKED, embedder)
    expected = [
        (one.family, anchor, text)
        for one in sorted(ASKED, key=lambda one: one.id)
        for anchor, texts in [
            (None, one.questions),
            *((s.anchor, s.questions) for s in one.statements),
        ]
        for text in texts
    ]
    with closing(open_current(tmp_path, embedder.identity)) as generation:
        assert report.questions == generation.manifest.questions == len(expected) > len(ASKED)
        assert generation.manifest.rows == report.sentences + report.questions
        places = generation.store.places()
        filed = slice(report.sentences, None)
        assert [*zip(places.families[filed], places.statements[filed], strict=True)] == [
            (family, anchor) for family, anchor, _ in expected
        ]
        np.testing.assert_array_equal(
            generation.vectors[filed], embedder.embed_queries([text for *_, text in expected])
        )


def test_a_sentence_is_found_by_the_words_of_its_questions_and_its_heading(tmp_path: Path) -> None:
    """Not by those about its whole document, which would be the same for all its sentences."""
    with closing(built(tmp_path, ASKED, FakeEmbedder())) as generation:
        sentences = generation.store.sentences(range(generation.manifest.sentences))
        for word, document_id in (("papier", "saffron.ar"), ("علامة", "carpets.fr")):
            scores = generation.lexical.scores(tokenize(word))
            found = [
                (sentences[row].document_id, sentences[row].anchor) for row in scores.nonzero()[0]
            ]
            assert found == [(document_id, "s0")]
        heading = generation.lexical.scores(tokenize("Taliouine"))
        assert {sentences[row].document_id for row in heading.nonzero()[0]} == {"saffron.fr"}


def test_a_question_more_costs_only_itself_and_gives_another_generation(tmp_path: Path) -> None:
    first = build(tmp_path, SHELF, FakeEmbedder())
    embedder = FakeEmbedder()
    shelf = [asked(SHELF[0], {"s1": ["نمرة الزعفران؟"]}), *SHELF[1:]]
    second = build(tmp_path, shelf, embedder)
    assert embedder.calls == second.embedded == 1
    assert (second.sentences, second.questions) == (first.sentences, first.questions + 1)
    assert second.generation != first.generation
    model = located(embedder)
    assert current_build(tmp_path, ingested(SHELF, BODIES), model, CHUNKER) is None
    found = current_build(tmp_path, ingested(shelf, BODIES), model, CHUNKER)
    assert found == unchanged(second)


def test_a_passage_without_sentences_has_no_row(tmp_path: Path) -> None:
    embedder = FakeEmbedder()
    result = ingested(SHELF)
    first, *rest = result.passages
    split = (replace(first, sentences=()), *rest)
    build_index(tmp_path, replace(result, passages=split), embedder, CHUNKER)
    with closing(open_current(tmp_path, embedder.identity)) as generation:
        assert generation.manifest.passages == len(split)
        assert generation.manifest.rows == sum(len(one.sentences) for one in rest)
        assert generation.store.places().passages[0] == 1


def test_progress_rises_to_the_total(tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    report = build_index(
        tmp_path,
        ingested(ASKED),
        FakeEmbedder(),
        CHUNKER,
        lambda done, total: heard.append((done, total)),
    )
    total = report.sentences + report.questions
    assert heard[-1] == (total, total)
    assert [done for done, _ in heard] == sorted(done for done, _ in heard)
    assert {whole for _, whole in heard} == {total}


def test_a_second_builder_is_refused_before_it_works(tmp_path: Path) -> None:
    embedder = FakeEmbedder()
    with locked(tmp_path), pytest.raises(StorageError, match="try again"):
        build(tmp_path, SHELF, embedder)
    assert embedder.calls == 0
    assert build(tmp_path, SHELF, embedder).embedded == embedder.calls > 0


def test_a_root_that_is_a_file_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("occupied")
    with pytest.raises(StorageError, match="--index"):
        build(tmp_path / "index", SHELF, FakeEmbedder())


def test_the_title_is_embedded_with_the_words() -> None:
    assert (
        sentence_text("زعفران تالوين", "يتطلب تصديره شهادة.")
        == "زعفران تالوين\nيتطلب تصديره شهادة."
    )

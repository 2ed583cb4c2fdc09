import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.embedding import LocatedModel, SentenceTransformerEmbedder, locate
from index.modelstore import ModelStore
from ingest.errors import ModelDamagedError, ModelMissingError, SettingsError
from tests.index.plainmodel import linked

FRENCH = "Quel délai pour rapatrier les recettes d'exportation ?"
ARABIC = "ما هو أجل استرجاع عائدات التصدير إلى المغرب؟"
UNRELATED = "تُزرع أشجار الزيتون في التربة الجافة وتُسقى قليلا."
TEXTS = ["Un mot.", ARABIC, "Le permis prend trente jours. " * 8, "", FRENCH, "نص قصير", UNRELATED]


@pytest.fixture(scope="module")
def e5(e5_folder: Path) -> SentenceTransformerEmbedder:
    located = locate(e5_folder.parent, "sanad-e5-small", optimised=False)
    return SentenceTransformerEmbedder(located, batch_size=3)


Adapt = Callable[[str, Callable[[Path], None] | None], Path]


@pytest.fixture
def adapted(e5_folder: Path, tmp_path: Path) -> Adapt:
    """A folder that shares the files of the model, under another name, changed in one thing."""

    def adapt(name: str, change: Callable[[Path], None] | None = None) -> Path:
        folder = linked(e5_folder, tmp_path / name)
        if change:
            change(folder)
        return folder

    return adapt


def without_prompts(folder: Path) -> None:
    path = folder / "config_sentence_transformers.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    path.unlink()
    path.write_text(json.dumps(config | {"prompts": {}}), encoding="utf-8")


def without_weights(folder: Path) -> None:
    for path in folder.rglob("*.safetensors"):
        path.unlink()


def with_pickled_weights(folder: Path) -> None:
    without_weights(folder)
    (folder / "pytorch_model.bin").write_bytes(b"\x80\x04N.")


def test_vectors_are_unit_and_of_the_shape_promised(e5: SentenceTransformerEmbedder) -> None:
    for vectors in (e5.embed_queries(TEXTS), e5.embed_passages(TEXTS)):
        assert vectors.dtype == np.float32
        assert vectors.shape == (len(TEXTS), e5.identity.dimension) == (len(TEXTS), 384)
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    assert e5.embed_passages([]).shape == (0, 384)


def test_passages_keep_their_order_whatever_their_length(e5: SentenceTransformerEmbedder) -> None:
    steps: list[int] = []
    together = e5.embed_passages(TEXTS, steps.append)
    alone = np.concatenate([e5.embed_passages([text]) for text in TEXTS])
    np.testing.assert_allclose(together, alone, atol=1e-4)
    assert steps == [3, 3, 1]


def test_questions_and_passages_get_their_own_prefix(
    e5: SentenceTransformerEmbedder, e5_folder: Path
) -> None:
    assert (e5.identity.query_prefix, e5.identity.passage_prefix) == ("query: ", "passage: ")
    bare = SentenceTransformerEmbedder(LocatedModel("e5", e5_folder, "x", "", ""))
    for text in (FRENCH, ARABIC):
        query, passage = e5.embed_queries([text]), e5.embed_passages([text])
        assert float(np.abs(query - passage).max()) > 1e-3
        np.testing.assert_allclose(bare.embed_queries([f"query: {text}"]), query, atol=1e-5)
        np.testing.assert_allclose(bare.embed_passages([f"passage: {text}"]), passage, atol=1e-5)


def test_a_question_is_nearer_to_its_translation_than_to_something_else(
    e5: SentenceTransformerEmbedder,
) -> None:
    for question, translation in ((FRENCH, ARABIC), (ARABIC, FRENCH)):
        query = e5.embed_queries([question])[0]
        near, far = e5.embed_passages([translation, UNRELATED]) @ query
        assert near > far + 0.02


def test_the_model_of_the_registry_opens_under_its_id(
    model_store: ModelStore, e5_folder: Path
) -> None:
    located = locate(e5_folder.parent, "sanad-e5-small", optimised=False)
    entry = model_store.entry("sanad-e5-small")
    assert located.name == "sanad-e5-small"
    assert located.fingerprint == entry.made_from != entry.sha256
    assert located.folder == e5_folder
    optimised = locate(e5_folder.parent, "sanad-e5-small")
    assert optimised.folder != e5_folder
    assert replace(optimised, folder=e5_folder) == located


def test_a_folder_of_ones_own_is_known_by_its_weights(adapted: Adapt, tmp_path: Path) -> None:
    def retouched(folder: Path) -> None:
        (folder / "extra.safetensors").write_bytes(b"more")

    own = locate(tmp_path, str(adapted("نموذجي-e5", None)))
    other = locate(tmp_path, str(adapted("autre-e5", retouched)))
    assert [one.name for one in (own, other)] == ["نموذجي-e5", "autre-e5"]
    assert own.fingerprint != other.fingerprint


@pytest.mark.parametrize("change", [without_weights, with_pickled_weights])
def test_a_folder_without_safetensors_is_a_missing_model(
    adapted: Adapt, tmp_path: Path, change: Callable[[Path], None]
) -> None:
    folder = adapted("e5", change)
    with pytest.raises(ModelMissingError, match="SANAD_EMBEDDING_MODEL"):
        locate(tmp_path, str(folder))
    with pytest.raises(ModelMissingError, match="sanad models pull"):
        SentenceTransformerEmbedder(LocatedModel("e5", folder, "x", "", ""))


def test_an_empty_folder_is_a_missing_model(tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError, match="sanad models pull"):
        SentenceTransformerEmbedder(LocatedModel("e5", tmp_path, "x", "", ""))


def test_weights_that_are_no_weights_are_refused(adapted: Adapt, tmp_path: Path) -> None:
    def scrambled(folder: Path) -> None:
        without_weights(folder)
        (folder / "model.safetensors").write_bytes(b"not a tensor")

    with pytest.raises((ModelDamagedError, ModelMissingError), match="sanad models pull"):
        SentenceTransformerEmbedder(locate(tmp_path, str(adapted("e5", scrambled))))


def test_an_unknown_family_needs_its_prefixes(adapted: Adapt, tmp_path: Path) -> None:
    folder = str(adapted("mystère", without_prompts))
    with pytest.raises(SettingsError, match=r"QUERY_PREFIX.*PASSAGE_PREFIX"):
        locate(tmp_path, folder, query_prefix="")
    opened = locate(tmp_path, folder, query_prefix="", passage_prefix="نص: ")
    assert (opened.query_prefix, opened.passage_prefix) == ("", "نص: ")


def test_a_known_family_needs_none(adapted: Adapt, tmp_path: Path) -> None:
    opened = locate(tmp_path, str(adapted("petit-e5", without_prompts)))
    assert (opened.query_prefix, opened.passage_prefix) == ("query: ", "passage: ")


def test_a_model_that_is_nowhere_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError, match="sanad models pull"):
        locate(tmp_path, "sanad-e5-small")
    with pytest.raises(SettingsError, match="sanad-e5-small"):
        locate(tmp_path, "gpt-9")

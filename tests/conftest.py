"""What every room's tests may ask for."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.assistant import Assistant, assemble
from assistant.compose import Composer, ExtractiveComposer
from index.build import build_index
from index.generation import Generation, open_current
from index.modelstore import ModelStore
from ingest.corpus import Corpus, load_corpus
from ingest.pipeline import ingest_folder
from tests.fakes import FakeEmbedder
from tests.tradecorpus import write_trade_corpus

REPOSITORY = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def model_store() -> ModelStore:
    """The models of this machine: those in SANAD_MODELS, else in `var/models`."""
    return ModelStore(Path(os.environ.get("SANAD_MODELS") or REPOSITORY / "var" / "models"))


@pytest.fixture(scope="session")
def e5_folder(model_store: ModelStore) -> Path:
    """The verified default embedding model; without it tests fail, naming `sanad models pull`."""
    return model_store.verify("sanad-e5-small")


@pytest.fixture(scope="session")
def real_corpus() -> Corpus:
    """The corpus that is shipped; reading it takes seconds."""
    return load_corpus(REPOSITORY / "corpus")


@pytest.fixture(scope="session")
def trade_embedder() -> FakeEmbedder:
    """A stand-in whose cosines lie where those of a real model do."""
    return FakeEmbedder(dimension=256, common=0.78)


@pytest.fixture(scope="session")
def trade_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the small trilingual corpus."""
    return write_trade_corpus(tmp_path_factory.mktemp("trade") / "corpus")


@pytest.fixture(scope="session")
def trade_index(
    trade_corpus: Path, trade_embedder: FakeEmbedder, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The published index of that corpus."""
    root = tmp_path_factory.mktemp("trade-index")
    build_index(root, ingest_folder(trade_corpus), trade_embedder, {"max_tokens": 256})
    return root


@pytest.fixture(scope="session")
def trade_generation(trade_index: Path, trade_embedder: FakeEmbedder) -> Iterator[Generation]:
    """The opened generation of that corpus."""
    generation = open_current(trade_index, trade_embedder.identity)
    yield generation
    generation.close()


@pytest.fixture(scope="session")
def with_composer(
    trade_generation: Generation, trade_embedder: FakeEmbedder
) -> Callable[[Composer], Assistant]:
    """Sanad over that corpus, answering through a composer of the test."""
    return lambda composer: assemble(trade_generation, trade_embedder, composer)


@pytest.fixture(scope="session")
def sanad(with_composer: Callable[[Composer], Assistant]) -> Assistant:
    """Sanad over that corpus, without a language model."""
    return with_composer(ExtractiveComposer())

"""Sanad as one object: open it on an index, ask it, search it, read its documents."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.answer import Answer
from assistant.asker import Asker
from assistant.complete import Complete
from assistant.compose import Compose, Composer
from assistant.composers import choose_writers
from assistant.decide import Decide
from assistant.discretion import Discretion
from assistant.expectation import Expectations
from assistant.finish import Finish
from assistant.followups import FollowUps
from assistant.gloss import Gloss
from assistant.guard import Guard
from assistant.handoff import HandoffDesk
from assistant.inquiry import Inquiry
from assistant.named import Named
from assistant.normalise import Normalise
from assistant.parts import Parts
from assistant.phrases import Phrases
from assistant.pipeline import Pipeline, Trace
from assistant.profile import Profiled
from assistant.question import Question
from assistant.relevance import Relevance, made_for
from assistant.retrieve import Reranker, Retrieve
from assistant.rewrite import Rewrite
from assistant.search import SearchHit, search
from assistant.select import SelectEvidence
from assistant.settings import Settings
from assistant.spelling import Spelling
from assistant.state import Emit, Step, ignore
from assistant.verify import Verify
from assistant.wishes import Wishes
from index.batching import BatchingEmbedder
from index.embedding import Embedder, LocatedModel, locate
from index.encoder import open_embedder
from index.generation import Generation, open_current
from index.rerank import CrossEncoderReranker
from index.retriever import HybridRetriever, Mode
from index.store import Selection, Store

if TYPE_CHECKING:
    from assistant.reread import Rephraser, Rereading


class Assistant:
    """The public face of the room; make one with `open_assistant`.

    `model_answers` is whether the language model answered when it was last asked, None before that
    and without one. `listener` hears of each answer with what it took, for whoever measures; it is
    called in the thread that asked.
    """

    def __init__(
        self, pipeline: "Pipeline | Rereading", retriever: HybridRetriever, composer: Composer
    ) -> None:
        self._pipeline = pipeline
        self.retriever = retriever
        self.composer = composer
        self.model_answers: bool | None = None
        self.listener: Callable[[Trace], None] | None = None

    @property
    def generation(self) -> Generation:
        """The generation that answers."""
        return self.retriever.generation

    @property
    def store(self) -> Store:
        """The documents of that generation."""
        return self.generation.store

    def ask(self, question: Question | str, emit: Emit = ignore) -> Answer:
        """Answer one question; raises InputError if it cannot be worked on."""
        return self.trace(question, emit).answer

    def trace(self, question: Question | str, emit: Emit = ignore) -> Trace:
        """The same, with what was found and chosen on the way."""
        asked = Question(question=question) if isinstance(question, str) else question
        trace = self._pipeline.run(asked, emit)
        self._hear(trace)
        if self.listener:
            self.listener(trace)
        return trace

    def _hear(self, trace: Trace) -> None:
        """Keep whether the language model answered when it was last asked."""
        if any(notice.kind == "model_away" for notice in trace.answer.notices):
            self.model_answers = False
        elif trace.state.meter.first_draft_ms is not None:
            self.model_answers = True

    def search(
        self, text: str, k: int = 10, selection: Selection | None = None
    ) -> tuple[SearchHit, ...]:
        """The `k` best passages for a text, of what a selection leaves."""
        return search(self.retriever, text, k, selection)


class Models:
    """The models that the settings name, opened once for every generation that they answer from."""

    def __init__(
        self,
        embedder: Embedder,
        composer: Composer,
        reranker: Reranker | None,
        rephraser: "Rephraser | None" = None,
    ) -> None:
        self._embedder = embedder
        self._composer = composer
        self._reranker = reranker
        self._rephraser = rephraser

    def assistant(self, root: Path) -> Assistant:
        """Sanad over the current generation under `root`, which is the caller's to close.

        Raises IndexMissingError, IndexDamagedError or IndexMismatchError.
        """
        generation = open_current(root, self._embedder.identity)
        return assemble(
            generation,
            self._embedder,
            self._composer,
            reranker=self._reranker,
            rephraser=self._rephraser,
        )


@contextmanager
def open_models(settings: Settings, *, embedder: Embedder | None = None) -> Iterator[Models]:
    """Open the models that the settings name, but for an embedder that is open already; close them
    at the end.

    Raises ModelMissingError or SettingsError.
    """
    batching = BatchingEmbedder(embedder or open_configured_embedder(settings))
    with choose_writers(settings) as writers:
        reranker = open_configured_reranker(settings)
        yield Models(batching, writers.composer, reranker, writers.rephraser)


@contextmanager
def open_assistant(settings: Settings) -> Iterator[Assistant]:
    """Open the index and the models that the settings name; close them at the end.

    Raises IndexMissingError, IndexDamagedError, IndexMismatchError or ModelMissingError.
    """
    with open_models(settings) as models:
        sanad = models.assistant(settings.index)
        try:
            yield sanad
        finally:
            sanad.generation.close()


def configured_model(settings: Settings, *, optimised: bool = True) -> LocatedModel:
    """The embedding model that the settings name, not loaded yet; on request as it was pulled."""
    return locate(
        settings.models,
        settings.embedding_model,
        query_prefix=settings.embedding_query_prefix,
        passage_prefix=settings.embedding_passage_prefix,
        optimised=optimised and settings.embedding_device == "cpu",
    )


def open_configured_embedder(settings: Settings) -> Embedder:
    """The embedding model that the settings name."""
    return open_embedder(
        configured_model(settings),
        device=settings.embedding_device,
        threads=settings.embedding_threads,
    )


def open_configured_reranker(settings: Settings) -> Reranker | None:
    """The reranker that the settings name, None without one.

    Raises ModelMissingError or SettingsError.
    """
    return CrossEncoderReranker(settings.rerank_model) if settings.rerank_model else None


def assemble(
    generation: Generation,
    embedder: Embedder,
    composer: Composer,
    *,
    reranker: Reranker | None = None,
    rephraser: "Rephraser | None" = None,
    mode: Mode = "hybrid",
    bold: bool = False,
    verify: Step | None = None,
    relevance: Relevance | None = None,
) -> Assistant:
    """The pipeline over an opened generation: the steps of an answer, in order. A `rephraser` says
    again what they could not answer.

    For measurement only, `mode` leaves out one half of the search, a `bold` assistant answers
    whatever it is asked, `verify` replaces what holds the drafts against their evidence, and
    `relevance` what was fitted.
    """
    retriever = HybridRetriever(generation, embedder, mode)
    phrases, relevance = Phrases.load(), relevance or Relevance.load(made_for(embedder.identity))
    store = generation.store
    terms = store.terms()
    parts, rewrite = Parts.load(), Rewrite.load(phrases, terms)
    gloss, wishes = Gloss(terms, phrases), Wishes.load()
    retrieve = Retrieve(retriever, wishes, reranker=reranker)
    rest = (
        Profiled(store, terms),
        SelectEvidence(retriever, Expectations.load(), relevance),
        Complete(store, wishes, phrases),
        Decide(relevance, bold=bold),
        *(() if bold else (Named(terms, phrases),)),
    )
    inquiry = Inquiry(gloss, retrieve, rest, parts=parts, rewrite=rewrite, phrases=phrases)
    steps = (
        Normalise(),
        Discretion(phrases),
        rewrite,
        *(
            ()
            if bold
            else (Guard.load(parts, rewrite, phrases), Asker.load(terms, store.gazetteer, phrases))
        ),
        Spelling(generation.vocabulary, generation.lexical, terms, phrases),
        *((gloss, retrieve, *rest) if bold else (inquiry,)),
        Compose(composer, generation.name),
        verify or Verify(phrases),
    )
    desk, follow_ups = HandoffDesk(store, phrases), FollowUps(store)
    finish = Finish(desk, follow_ups, phrases, generation.name)
    pipeline = Pipeline(steps, finish)
    if rephraser is None:
        return Assistant(pipeline, retriever, composer)
    from assistant.reread import Rereading  # noqa: PLC0415  (imports LangChain)

    return Assistant(Rereading(pipeline, rephraser, phrases), retriever, composer)

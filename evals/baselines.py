"""What Sanad is measured against, each under a name, all asked the same questions.

sanad                 the assistant as it answers
bm25                  the same pipeline, searching by words alone
dense                 the same pipeline, searching by vectors alone
unverified            the same pipeline, where what the composer drafts leaves as it is; without a
                      language model its drafts are the quotes, and it is sanad
langchain             a plain LangChain chain with the same models (`evals.chain`)
langchain-extractive  the same retrieval, where the four chunks found are the answer
closed-book           the language model alone (`evals.closedbook`)
"""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from assistant.answer import Sentence
from assistant.assistant import (
    Assistant,
    assemble,
    open_configured_embedder,
    open_configured_reranker,
)
from assistant.composers import Endpoint, Writers, choose_writers, open_endpoint
from assistant.evidence import Evidence
from assistant.relevance import Relevance, made_for
from assistant.retrieve import Reranker
from assistant.settings import Settings
from assistant.state import Draft, State
from evals.citations import Support
from evals.gold import Gold
from evals.runfolder import Config, commit
from evals.score import Library
from evals.statistics import SEED
from evals.system import System, Transparent
from index.build import CACHE, Advance
from index.embedding import Embedder
from index.generation import Generation, open_current
from index.retriever import Mode
from ingest.errors import InputError, SettingsError

MODES: Mapping[str, Mode] = {
    "sanad": "hybrid", "bm25": "lexical", "dense": "dense", "unverified": "hybrid",
}  # fmt: skip
SANAD = "sanad"
PLAIN = ("langchain", "langchain-extractive", "closed-book")
SYSTEMS = (*MODES, *PLAIN)


class SystemUnknownError(InputError):
    """No system of this name can be measured."""

    code = "system_unknown"


@dataclass(frozen=True, slots=True)
class Subject:
    """A system ready to be asked, the documents it answers from, and what it is made of."""

    name: str
    system: System
    library: Library
    generation: str
    embedder: str | None
    composer: str
    model: str | None
    prompt: str | None
    reranker: str | None = None

    def config(self, gold: Gold, support: Support, day: date) -> Config:
        """The run of this system over these questions, asked about `day`, as it is now."""
        return Config(
            system=self.name,
            gold=gold.name,
            gold_sha256=gold.sha256,
            generation=self.generation,
            embedder=self.embedder,
            composer=self.composer,
            model=self.model,
            prompt=self.prompt,
            support=support.name,
            day=day,
            seed=SEED,
            commit=commit(),
            reranker=self.reranker,
        )


class Unverified:
    """Stands where Verify does, and lets every draft leave with the evidence it names."""

    name = "verify"

    def run(self, state: State) -> State:
        """Fill `sentences`; raises LanguageModelError, for no quotes stand in for the model."""
        sentences = tuple(_sentence(draft, state.evidence) for draft in state.drafts)
        return replace(state, sentences=sentences)


@contextmanager
def open_subject(
    name: str, settings: Settings, advance: Advance | None = None
) -> Iterator[Subject]:
    """The system of this name over the index that the settings name; closed at the end.

    `advance(done, total)` is called while one that has chunks of its own embeds them. Raises
    SystemUnknownError listing the names there are, SettingsError for one that needs a language
    model when there is none.
    """
    if name not in SYSTEMS:
        raise SystemUnknownError(f"There is no system {name!r}; choose of {', '.join(SYSTEMS)}.")
    embedder = open_configured_embedder(settings)
    with closing(open_current(settings.index, embedder.identity)) as generation:
        if name in MODES:
            hybrid = MODES[name] == "hybrid"
            reranker = open_configured_reranker(settings) if hybrid else None
            with choose_writers(settings) as writers:
                yield _pipeline(name, generation, embedder, writers, reranker)
        elif name == "langchain-extractive":
            yield _plain(name, generation, embedder, settings, None, advance=advance)
        else:
            with open_endpoint(settings) as endpoint:
                required = _required(name, endpoint)
                yield _plain(name, generation, embedder, settings, required, advance=advance)


def _pipeline(
    name: str,
    generation: Generation,
    embedder: Embedder,
    writers: Writers,
    reranker: Reranker | None,
) -> Subject:
    composer, rephraser = writers.composer, writers.rephraser

    def assistant(*, bold: bool) -> Assistant:
        return assemble(
            generation,
            embedder,
            composer,
            reranker=reranker,
            rephraser=None if bold else rephraser,
            mode=MODES[name],
            relevance=_relevance(MODES[name], embedder),
            bold=bold,
            verify=Unverified() if name == "unverified" else None,
        )

    return Subject(
        name=name,
        system=Transparent(assistant(bold=False), assistant(bold=True)),
        library=Library.of(generation.store.documents()),
        generation=generation.name,
        embedder=made_for(embedder.identity),
        composer=composer.name,
        model=composer.model,
        prompt=f"{composer.prompt}, {rephraser.prompt}" if rephraser else composer.prompt,
        reranker=reranker.name if reranker else None,
    )


def _relevance(mode: Mode, embedder: Embedder) -> Relevance | None:
    """A half of the search decides by what was fitted for it, in the same way as for the whole."""
    if mode == "hybrid":
        return None
    path = Path(__file__).with_name(f"relevance.{mode}.json")
    return Relevance.read(path.read_text(encoding="utf-8"), made_for(embedder.identity))


def _plain(
    name: str,
    generation: Generation,
    embedder: Embedder,
    settings: Settings,
    endpoint: Endpoint | None,
    *,
    advance: Advance | None,
) -> Subject:
    """A system made of LangChain's parts, which take a second to import."""
    from evals import chain, closedbook  # noqa: PLC0415
    from evals.chatmodel import ChatModel  # noqa: PLC0415

    chat = ChatModel(endpoint, settings) if endpoint else None
    documents = generation.store.documents()
    library = Library.of(documents)
    system: System
    if name == "closed-book" and chat:
        system, prompt = closedbook.ClosedBook(chat, generation.name), closedbook.PROMPT
    else:
        store = chain.fill(documents, embedder, settings.index / CACHE, advance)
        system = chain.PlainChain(store, library.documents.__getitem__, generation.name, chat)
        prompt = chain.PROMPT
    return Subject(
        name=name,
        system=system,
        library=library,
        generation=generation.name,
        embedder=None if name == "closed-book" else made_for(embedder.identity),
        composer="llm" if chat else "extractive",
        model=chat.model if chat else None,
        prompt=f"{prompt.id} {prompt.digest}" if chat else None,
    )


def _required(name: str, endpoint: Endpoint | None) -> Endpoint:
    if endpoint is None:
        raise SettingsError(
            f"The system {name!r} needs a language model: run `sanad models pull` for the local "
            "one, or set SANAD_LLM_BASE_URL and SANAD_LLM_MODEL; SANAD_LLM must not be none."
        )
    return endpoint


def _sentence(draft: Draft, evidence: tuple[Evidence, ...]) -> Sentence:
    verbatim = any(e.quote == draft.text for e in evidence if e.number in draft.evidence)
    return Sentence(
        text=draft.text, citations=draft.evidence, mode="quote" if verbatim else "generated"
    )

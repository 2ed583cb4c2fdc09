"""A plain LangChain chain, as tutorials write it: split, embed, find four chunks, ask the model.

The parts are LangChain's own: RecursiveCharacterTextSplitter, InMemoryVectorStore, a prompt that
stuffs the chunks in. FAISS used to be the tutorials' store; its adapter lives in
langchain-community, which was given up in 2026. On unit vectors a flat FAISS index and the store
here rank alike, for both compare the question with every chunk.
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from time import perf_counter

from langchain_core.documents import Document as Chunk
from langchain_core.embeddings import Embeddings
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.vectorstores import InMemoryVectorStore

from assistant.answer import Citation, Engine
from assistant.meter import milliseconds_since
from assistant.prompt import Prompt
from assistant.question import Question
from evals.chatmodel import ChatModel
from evals.plaintext import Said, answer, citation, sentences, status_of
from evals.spans import Span
from evals.system import DEPTH, Observation
from index.build import Advance
from index.cache import EmbeddingCache
from index.embedding import Embedder
from ingest.document import Document
from ingest.errors import InputError

CHUNK, OVERLAP, K = 1000, 200, 4
"""Characters of a chunk and of its overlap with the next, as in LangChain's own tutorial, and the
chunks that a retriever gives unless told otherwise. The splitter's own default of 4000 characters
is more than the embedding model reads, and four of them more than the local language model."""

PROMPT = Prompt(
    "stuff.v1",
    "Answer the question at the end with the pieces of context below. If they do not hold the "
    "answer, say that you do not know; do not make one up. Be brief, and write in the language of "
    "the question.\n\n{context}\n\nQuestion: {question}\nAnswer:",
)


class ExtraMissingError(InputError):
    """A package is needed that only an extra installs."""

    code = "extra_missing"


class E5(Embeddings):
    """Our embedding model as LangChain's; chunks that were embedded before are read from a file."""

    def __init__(self, embedder: Embedder, cache: Path, advance: Advance | None = None) -> None:
        self._embedder = embedder
        self._cache = cache
        self._advance = advance

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Vectors of chunks."""
        done = 0

        def step(count: int) -> None:
            nonlocal done
            done += count
            if self._advance:
                self._advance(done, len(texts))

        with closing(EmbeddingCache(self._cache)) as cache:
            vectors, _ = cache.embed(self._embedder, texts, step)
        return [[float(value) for value in vector] for vector in vectors]

    def embed_query(self, text: str) -> list[float]:
        """Vector of a question."""
        return [float(value) for value in self._embedder.embed_queries([text])[0]]


class PlainChain:
    """Answers with the four chunks nearest to the question as typed, without its history.

    With `chat` the model writes, and each sentence cites all four: the chain does not ask which.
    Without, the chunks themselves are the answer. DEPTH chunks are shown for measuring retrieval.
    """

    def __init__(
        self,
        store: InMemoryVectorStore,
        document: Callable[[str], Document],
        generation: str,
        chat: ChatModel | None = None,
    ) -> None:
        self._store = store
        self._document = document
        self._chat = chat
        self._prompt = ChatPromptTemplate.from_template(PROMPT.text)
        self._engine = Engine(
            composer="llm" if chat else "extractive",
            model=chat.model if chat else None,
            generation=generation,
        )

    def observe(self, question: Question) -> Observation:
        """The answer and the chunks that were found; raises LanguageModelError."""
        started = perf_counter()
        found = self._store.similarity_search_with_score(question.question, k=DEPTH)
        chunks = [chunk for chunk, _ in found]
        times = {"retrieve": milliseconds_since(started)}
        cited = self._citations(chunks[:K])
        if self._chat is None:
            said = [Said(one.quote, (one.n,)) for one in cited]
            times["total"] = milliseconds_since(started)
            made = answer(question, said, cited, self._engine, times)
            return Observation(made, _spans(chunks), found[0][1], made)
        text = self._chat.write(
            self._prompt.invoke(
                {
                    "context": "\n\n".join(chunk.page_content for chunk in chunks[:K]),
                    "question": question.question,
                }
            )
        )
        times["total"] = milliseconds_since(started)
        told = sentences(text, tuple(one.n for one in cited))
        status = status_of(text)
        made = answer(question, told, cited, self._engine, times, status=status)
        return Observation(made, _spans(chunks))

    def _citations(self, chunks: Sequence[Chunk]) -> list[Citation]:
        return [
            citation(number, self._document(span.document), span)
            for number, span in enumerate(_spans(chunks), 1)
        ]


def fill(
    documents: Sequence[Document], embedder: Embedder, cache: Path, advance: Advance | None = None
) -> InMemoryVectorStore:
    """A store with the chunks of all documents, in every language they are written in.

    `advance(done, total)` is called as chunks are embedded. Raises ExtraMissingError without the
    text splitters.
    """
    return InMemoryVectorStore.from_documents(split(documents), E5(embedder, cache, advance))


def split(documents: Sequence[Document]) -> list[Chunk]:
    """The chunks of documents; `start_index` is where one starts in the text of its `source`."""
    try:
        from langchain_text_splitters import RecursiveCharacterTextSplitter  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise ExtraMissingError(
            "The LangChain baselines need langchain-text-splitters, which is not installed; run "
            "`pip install 'sanad[baselines]'`."
        ) from error
    splitter = RecursiveCharacterTextSplitter(
        chunk_size=CHUNK, chunk_overlap=OVERLAP, add_start_index=True
    )
    return splitter.split_documents(
        [Chunk(document.text, metadata={"source": document.id}) for document in documents]
    )


def _spans(chunks: Sequence[Chunk]) -> tuple[Span, ...]:
    return tuple(
        Span(chunk.metadata["source"], start, start + len(chunk.page_content))
        for chunk in chunks
        for start in [chunk.metadata["start_index"]]
    )

"""Thin adapters, so that Sanad's search and answers can be parts of a LangChain chain or graph."""

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableLambda

from assistant.answer import Answer
from assistant.assistant import Assistant
from assistant.question import Question


class SanadRetriever(BaseRetriever):
    """Sanad's hybrid search as a LangChain retriever.

    `page_content` is the passage, word for word; the metadata tell where it stands: document id,
    title, section, language, url, `start`, `end` and score.
    """

    assistant: Assistant
    k: int = 10

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002  (LangChain)
    ) -> list[Document]:
        return [
            Document(page_content=hit.quote, metadata=hit.model_dump(exclude={"quote"}))
            for hit in self.assistant.search(query, self.k)
        ]


def answer_runnable(assistant: Assistant) -> Runnable[Question | str, Answer]:
    """Sanad's answering as a runnable: a question in, a typed and verified Answer out."""
    return RunnableLambda(assistant.ask, name="sanad")

"""The language model alone: what it knows without a single document."""

from time import perf_counter

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from assistant.answer import Engine
from assistant.prompt import Prompt
from assistant.question import Question
from evals.chatmodel import ChatModel
from evals.plaintext import answer, sentences, status_of
from evals.system import Observation

PROMPT = Prompt(
    "closed-book.v1",
    "You answer questions about the foreign trade of Morocco, from what you know. Answer briefly, "
    "in the language of the question. If you do not know the answer, say that you do not know.",
)


class ClosedBook:
    """Asks the model, with the earlier turns of the conversation; nothing is cited."""

    def __init__(self, chat: ChatModel, generation: str) -> None:
        self._chat = chat
        self._engine = Engine(composer="llm", model=chat.model, generation=generation)

    def observe(self, question: Question) -> Observation:
        """The model's text as an answer; raises LanguageModelError."""
        started = perf_counter()
        text = self._chat.write(_messages(question))
        times = {"total": round((perf_counter() - started) * 1000, 1)}
        status = status_of(text)
        return Observation(
            answer(question, sentences(text), (), self._engine, times, status=status)
        )


def _messages(question: Question) -> list[BaseMessage]:
    earlier = [
        (HumanMessage if turn.role == "user" else AIMessage)(turn.content)
        for turn in question.history
    ]
    return [SystemMessage(PROMPT.text), *earlier, HumanMessage(question.question)]

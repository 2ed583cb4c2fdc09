"""Chunks: an answer as it comes, in the events of OpenAI's streams."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from time import time
from uuid import uuid4

from pydantic import TypeAdapter

from api.completions import MODEL, Asked, Usage, usage
from api.prose import apparatus, inert, prose, spoken
from assistant.answer import Answer, Citation, Sentence
from ingest.document import PAST, Document

END = b"data: [DONE]\n\n"

_JSON = TypeAdapter(object)


class Chunks:
    """An answer piece by piece: each sentence as soon as it is verified, then the rest.

    How complete the answer is, is known at its end, and told there. Words that may no longer hold
    are the exception: what says so has to be read first, so that answer comes in one piece.
    `document` finds a document by its id, None if it is gone.
    """

    def __init__(
        self, asked: Asked, document: Callable[[str], Document | None], *, with_usage: bool
    ) -> None:
        self._asked = asked
        self._document = document
        self._with_usage = with_usage
        self._head = {
            "id": f"chatcmpl-{uuid4()}",
            "object": "chat.completion.chunk",
            "created": int(time()),
            "model": MODEL,
        }
        self._held = False
        self._said: list[Sentence] = []
        self._text = ""

    def opening(self) -> bytes:
        """Who speaks."""
        return self._chunk({"role": "assistant", "content": ""})

    def of(self, kind: str, payload: object) -> Iterator[bytes]:
        """What an event of the pipeline adds."""
        if kind == "citations" and isinstance(payload, Sequence):
            self._held = any(self._may_have_ended(citation) for citation in payload)
        elif isinstance(payload, Sentence) and not self._held and payload not in self._said:
            yield self._sentence(payload)
        elif isinstance(payload, Answer):
            yield from self._rest(self._asked.completed(payload))

    def _sentence(self, sentence: Sentence) -> bytes:
        line = inert(spoken(sentence))
        text = f"\n{line}" if self._said else line
        self._said.append(sentence)
        return self._content(text)

    def _rest(self, answer: Answer) -> Iterator[bytes]:
        if not self._said:
            yield self._content(prose(answer))
        else:
            for sentence in answer.sentences:
                if sentence not in self._said:
                    yield self._sentence(sentence)
            above = answer.text.removesuffix("\n".join(map(spoken, answer.sentences))).strip()
            below = (f"\n\n{inert(above)}" if above else "") + apparatus(answer)
            if below:
                yield self._content(below)
        yield self._chunk({"citations": answer.citations, "sanad": answer}, "stop")
        if self._with_usage:
            yield self._frame([], usage(self._asked.read, self._text))

    def _may_have_ended(self, citation: Citation) -> bool:
        """Whether a warning may have to stand above, see `assistant.standing.FIRST_LINES`."""
        document = self._document(citation.document_id)
        if document is None or document.valid_to or (document.law and document.law.is_repealed):
            return True
        return any(
            statement.valid_to or statement.status in PAST
            for statement in document.statements
            if statement.start < citation.end and citation.start < statement.end
        )

    def _content(self, text: str) -> bytes:
        self._text += text
        return self._chunk({"content": text})

    def _chunk(self, delta: Mapping[str, object], reason: str | None = None) -> bytes:
        return self._frame(
            [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}]
        )

    def _frame(self, choices: Sequence[object], used: Usage | None = None) -> bytes:
        told = {"usage": used} if self._with_usage else {}
        return data({**self._head, "choices": choices, **told})


def data(value: object) -> bytes:
    """One event of a stream."""
    return b"data: %b\n\n" % _JSON.dump_json(value)

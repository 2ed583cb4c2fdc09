"""Batching: what many people ask at the same time is encoded together."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from threading import Condition
from types import TracebackType

import numpy as np

from index.embedding import Advance, Embedder, EmbedderIdentity, Vectors

MOST = 8
"""Texts in a batch. Eight take half the time of one by one with PyTorch and nine tenths of it with
ONNX Runtime, more of them no less."""
ALIKE = 1.5
"""How many times as long as another a text of the same batch may be. All are padded to the longest:
32 questions as they come take ONNX Runtime 1.6 times as long together as one by one."""


@dataclass(frozen=True, slots=True, eq=False)
class _Call:
    """What one thread asks for, and where it finds it."""

    texts: Sequence[str]
    vectors: Future[Vectors] = field(default_factory=Future)

    def is_like(self, other: "_Call") -> bool:
        shorter, longer = sorted(max(map(len, call.texts), default=0) for call in (self, other))
        return longer <= ALIKE * shorter


class BatchingEmbedder:
    """Lets one thread at a time into the embedder inside, with what the others ask as well.

    Who finds it free goes in at once, and loses nothing when alone. Who comes meanwhile waits; one
    of them then goes in and takes along the texts of others that are about as long. Encodings side
    by side would share the same cores, and each read all weights.

    A vector may differ in its last bits with the company it was encoded in, as in ingestion. An
    error in a batch is raised by all whose texts were in it.
    """

    def __init__(self, inner: Embedder, most: int = MOST) -> None:
        self._inner = inner
        self._most = most
        self._waiting: list[_Call] = []
        self._is_busy = False
        self._turn = Condition()

    @property
    def identity(self) -> EmbedderIdentity:
        """That of the embedder inside."""
        return self._inner.identity

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of questions, float32 of shape (texts, dimension)."""
        call = _Call(texts)
        if batch := self._turn_of(call):
            self._encode(batch)
        return call.vectors.result()

    def embed_passages(self, texts: Sequence[str], advance: Advance | None = None) -> Vectors:
        """Unit vectors of passages, not batched further: they come many at a time."""
        return self._inner.embed_passages(texts, advance)

    def _turn_of(self, call: _Call) -> list[_Call]:
        """Wait until another thread has seen to the call, which leaves nothing to do, or until it
        is up to this one: then the call and those that go with it.
        """
        with self._turn:
            self._waiting.append(call)
            self._turn.wait_for(lambda: call.vectors.done() or not self._is_busy)
            if call.vectors.done():
                return []
            self._is_busy = True
            self._waiting.remove(call)
            batch = [call, *self._company(call)]
            self._waiting = [one for one in self._waiting if one not in batch]
            return batch

    def _company(self, call: _Call) -> Iterator[_Call]:
        """Of those waiting, the first that are like the call and find room beside it."""
        room = self._most - len(call.texts)
        for other in filter(call.is_like, self._waiting):
            if len(other.texts) <= room:
                room -= len(other.texts)
                yield other

    def _encode(self, batch: Sequence[_Call]) -> None:
        with ExitStack() as turn:
            turn.push(partial(self._end, batch))
            vectors = self._inner.embed_queries([text for call in batch for text in call.texts])
            ends = np.cumsum([len(call.texts) for call in batch])
            for call, rows in zip(batch, np.split(vectors, ends[:-1]), strict=True):
                call.vectors.set_result(rows)

    def _end(
        self,
        batch: Sequence[_Call],
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Tell all in the batch of what went wrong, if it did, and give the turn away."""
        for call in batch:
            if error and not call.vectors.done():
                call.vectors.set_exception(error)
        with self._turn:
            self._is_busy = False
            self._turn.notify_all()

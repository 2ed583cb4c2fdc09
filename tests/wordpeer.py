"""A subject for tests: the more words of a passage a text holds, the better the passage fits it.

The name of the model's folder decides what goes wrong: `bursts` at a query, `hangs` at it, or
nothing.
"""

import sys
import time
from collections.abc import Sequence

from evals.peers.subjects.loop import Job, Passage


class WordPeer:
    def __init__(self, job: Job) -> None:
        sys.stdout.write("a library that talks\n")
        self._fault = job.model.rpartition("/")[2]
        self._held: list[bytearray] = []

    def ingest(self, passages: Sequence[Passage]) -> None:
        self._passages = list(passages)
        self._held.append(bytearray(b"\1" * 32_000_000))
        self._held.clear()

    def query(self, text: str, k: int) -> list[str]:
        if self._fault == "bursts":
            raise ValueError("no vector today")
        if self._fault == "hangs":
            time.sleep(600)
        words = set(text.split())
        ranked = sorted(self._passages, key=lambda one: -len(words & set(one.text.split())))
        return [passage.id for passage in ranked[:k]]


def load(job: Job) -> WordPeer:
    return WordPeer(job)

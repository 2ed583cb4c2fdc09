"""A process that forks one `sanad ingest` per line of its input, for tests that kill it.

Each line is `folder index`, split by a tab; the answers are the child's process id, a dot for each
step that it tells of, and its exit status on a line of its own.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from api.commands import ingest
from api.commands.output import Report
from index import cache
from index.embedding import Advance, LocatedModel, Vectors
from ingest.arabic.repair import repair
from ingest.shelf import reading_code
from tests.fakes import FakeEmbedder

CHUNK = 8


class MoodyEmbedder(FakeEmbedder):
    """As a real model does, gives a text other last bits in other company."""

    def embed_passages(self, texts: Sequence[str], advance: Advance | None = None) -> Vectors:
        vectors = super().embed_passages(texts, advance)
        company = hash_of(texts)
        return np.asarray(vectors * np.float32(1 + company * 1e-6), dtype=np.float32)


def hash_of(texts: Sequence[str]) -> int:
    """A small number that another batch would change."""
    return sum(map(len, texts)) % 97


@contextmanager
def dots() -> Iterator[Report]:
    """Progress as a dot for each step."""
    yield lambda event, done, total: say(".")


def say(text: str) -> None:
    os.write(1, text.encode())


def run(folder: str, index: str) -> None:
    """The command itself, with a stand-in for the model and its report thrown away."""
    embedder = MoodyEmbedder()
    identity = embedder.identity
    model = LocatedModel(identity.name, Path(), identity.fingerprint, "", "")
    for name, stand_in in (
        ("configured_model", lambda _settings: model),
        ("open_configured_embedder", lambda _settings: embedder),
        ("progress", dots),
        ("print_json", lambda _value: None),
    ):
        setattr(ingest, name, stand_in)
    ingest.ingest(Path(folder), None, Path(index), as_json=True)


def main() -> None:
    """Serve until the input ends; what every child would load is loaded once."""
    cache._CHUNK = CHUNK
    reading_code()
    repair("تحدد الدورية األولى األجل في اليوم نفسه")
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            say(f"{os.getpid()}\n")
            run(*line.rstrip("\n").split("\t"))
            os._exit(0)
        say(f"\n{os.waitpid(child, 0)[1]}\n")


if __name__ == "__main__":
    main()

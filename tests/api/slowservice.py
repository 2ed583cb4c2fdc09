"""`sanad serve` with stand-ins for its models, and answers that take as long as a test wants.

Each answer begins with a quote and goes on once the file named by SLOW_UNTIL is there. Workers
are copies of this process, and so have the same stand-ins.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep

from api import service, workers
from api.cli import main
from assistant.answer import ComposerName
from assistant.assistant import Models
from assistant.settings import Settings
from assistant.state import Draft, State
from assistant.verify import quotes
from index.embedding import Embedder
from tests.fakes import FakeEmbedder


class SlowComposer:
    """Writes down the evidence, after a while."""

    name: ComposerName = "llm"
    model: str | None = "slow"
    prompt: str | None = None

    def drafts(self, state: State) -> Iterator[Draft]:
        first, *rest = quotes(state.evidence)
        yield first
        while not Path(os.environ["SLOW_UNTIL"]).exists():
            sleep(0.01)
        yield from rest


@contextmanager
def stand_ins(settings: Settings, *, embedder: Embedder | None = None) -> Iterator[Models]:
    yield Models(FakeEmbedder(dimension=256, common=0.78), SlowComposer(), None)


setattr(service, "open_models", stand_ins)  # noqa: B010  (not theirs to export)
setattr(workers, "_inherited", lambda _settings: None)  # noqa: B010

if __name__ == "__main__":
    sys.argv = ["sanad", "serve", "--port", "0", *sys.argv[1:]]
    main()

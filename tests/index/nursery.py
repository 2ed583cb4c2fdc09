"""A process that forks one index build per line of its input, for tests that kill builds.

Each line is `root version pause`; the answers are the build's process id, then its exit status.
What a build embeds is written to `<root>.log` chunk by chunk, before the model is asked.
"""

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from index import cache
from index.embedding import Advance, Vectors
from ingest.document import Document
from tests.fakes import FakeEmbedder
from tests.index.library import build, document

CHUNK = 8


class SlowEmbedder(FakeEmbedder):
    """Takes its time and keeps a log: one line a chunk, texts joined by tabs."""

    def __init__(self, log: Path, pause: float) -> None:
        super().__init__()
        self._log = log
        self._pause = pause

    def embed_passages(self, texts: Sequence[str], advance: Advance | None = None) -> Vectors:
        line = "\t".join(text.replace("\n", " ") for text in texts)
        with self._log.open("a", encoding="utf-8") as log:
            log.write(line + "\n")
        time.sleep(self._pause)
        return super().embed_passages(texts, advance)


def shelf(version: int) -> list[Document]:
    """Another shelf for every version, of which every other document stays as it was; no two
    texts of it are equal.
    """
    return [
        document(
            f"sheet-{number}",
            language,
            f"{title} {number}",
            *(f"{sentence} {version * (number % 2)}-{number}-{line}." for line in range(3)),
        )
        for number in range(10)
        for language, title, sentence in (
            ("fr", "Fiche", "Le permis du safran porte le numéro"),
            ("ar", "بطاقة", "تحمل رخصة الزعفران الرقم"),
        )
    ]


def main() -> None:
    """Serve until the input ends."""
    cache._CHUNK = CHUNK
    for line in sys.stdin:
        root, version, pause = line.rstrip("\n").split("\t")
        child = os.fork()
        if child == 0:
            log = Path(f"{root}.log")
            build(Path(root), shelf(int(version)), SlowEmbedder(log, float(pause)))
            os._exit(0)
        _say(child)
        _say(os.waitpid(child, 0)[1])


def _say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

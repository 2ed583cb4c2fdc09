"""How fast ingestion is, by stage, and how much of the bare model's throughput is left of it.

The collection is ingested into an index of its own that is thrown away. Embedding is then held
against the bare model on a sample of its texts, the two by turns, so that what else the machine
does meets both.
"""

import resource
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from index.build import Advance, build_index
from index.cache import EmbeddingCache
from index.embedding import Embedder
from index.generation import open_store
from ingest.errors import ExtractError
from ingest.pipeline import IngestSettings, gather
from ingest.stopwatch import Stopwatch

EMBED = "embed"
Work = Callable[[Sequence[str]], object]


@dataclass(frozen=True, slots=True)
class Ratio:
    """Throughput of embedding into the index as a share of the bare model's: 1 is as fast.

    `values` are the rounds. `texts_per_second` is ours, in the median round.
    """

    values: tuple[float, ...]
    texts: int
    texts_per_second: float

    @property
    def median(self) -> float:
        """The middle round."""
        return median(self.values)


@dataclass(frozen=True, slots=True)
class IngestSpeed:
    """One ingestion, measured. `pages` are printed pages; a document without counts as one.

    `base_bytes` is what the process held at its peak before, model loaded, `peak_bytes` after: the
    difference is what ingestion needs.
    """

    files: int
    documents: int
    pages: int
    passages: int
    tokens: int
    texts: int
    seconds: dict[str, float]
    base_bytes: int
    peak_bytes: int
    embedding: Ratio

    @property
    def total(self) -> float:
        """Seconds of all stages."""
        return sum(self.seconds.values())

    @property
    def added(self) -> float:
        """What everything besides embedding adds to the time of embedding, as a share of it."""
        return (self.total - self.seconds[EMBED]) / self.seconds[EMBED]


def measure_ingest(
    folders: Sequence[Path],
    settings: IngestSettings,
    embedder: Embedder,
    bare: Work,
    *,
    sample: int,
    rounds: int,
    advance: Advance | None = None,
) -> IngestSpeed:
    """Ingest some folders from nothing, then compare embedding with the bare model.

    `bare` embeds texts with the same model and nothing around it. Raises as `gather` does, and
    ExtractError when there is nothing to embed.
    """
    embedder.embed_passages(["à froid"])
    base, watch = _peak(), Stopwatch()
    with TemporaryDirectory(prefix="sanad-speed-") as name:
        root = Path(name)
        with gather(folders, settings, shelf=root / "reading.sqlite", watch=watch) as collection:
            counted = [
                (max(1, len(document.pages)), len(passages), sum(one.tokens for one in passages))
                for document, passages in collection.entries()
            ]
            build = build_index(
                root, collection, embedder, settings.passages.model_dump(), advance, watch=watch
            )
        peak = _peak()
        with closing(open_store(root, build.generation)) as store:
            texts = list(dict.fromkeys(store.embedded_texts()))
    if not texts:
        raise ExtractError("There is nothing to embed; give a folder that holds documents.")
    pages, passages, tokens = (sum(column) for column in zip(*counted, strict=True))
    return IngestSpeed(
        files=collection.report.files,
        documents=build.documents,
        pages=pages,
        passages=passages,
        tokens=tokens,
        texts=build.embedded,
        seconds={stage: round(spent, 3) for stage, spent in watch.seconds.items()},
        base_bytes=base,
        peak_bytes=peak,
        embedding=compare_embedding(embedder, bare, _spread(texts, sample), rounds),
    )


def compare_embedding(embedder: Embedder, bare: Work, texts: Sequence[str], rounds: int) -> Ratio:
    """Embed the same texts into an empty cache and with the bare model, first the one, then the
    other, in every round.
    """

    def cached(wanted: Sequence[str]) -> None:
        with (
            TemporaryDirectory(prefix="sanad-speed-") as name,
            closing(EmbeddingCache(Path(name) / "embeddings.sqlite")) as cache,
        ):
            cache.pay(embedder, wanted)
            for _ in cache.paid():
                pass

    ours: list[float] = []
    ratios: list[float] = []
    for number in range(rounds):
        order = (cached, bare) if number % 2 else (bare, cached)
        spent = {work: _seconds(work, texts) for work in order}
        ours.append(spent[cached])
        ratios.append(spent[bare] / spent[cached])
    return Ratio(
        values=tuple(round(one, 4) for one in ratios),
        texts=len(texts),
        texts_per_second=len(texts) / median(ours),
    )


def _seconds(work: Work, texts: Sequence[str]) -> float:
    started = perf_counter()
    work(texts)
    return perf_counter() - started


def _spread(texts: Sequence[str], count: int) -> list[str]:
    """Texts from all over the collection, in its order."""
    step = max(1, len(texts) // count)
    return list(texts[::step][:count])


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

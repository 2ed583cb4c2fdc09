"""Adapting an embedding model: a linear map that brings a question near the statement it asks for.

The corpus files questions with every statement. The map is fitted so that each of them finds its
statement, in whatever language, and the other questions for it, among all others: InfoNCE with
every row as a negative (van den Oord et al., 2018), and an L2 penalty on what differs from the
identity. What is reported comes from sheets that the fit has not seen.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import normalize

from index.embedding import Embedder, Vectors
from index.store import sentence_text
from ingest.document import Document

HELD_SHARE = 0.2
SEED = 7
_TEMPERATURE = 0.05
_PENALTY = 0.003
_ASKED_WEIGHT = 0.5
_RATE = 1e-3
_EPOCHS = 4
_BATCH = 512
_NEVER = -1e4

Rows = NDArray[np.int64]
Flags = NDArray[np.bool_]
PassageVectors = Callable[[Sequence[str]], Vectors]
Advance = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Lesson:
    """Statements and the questions filed with them, as texts.

    `texts` are statements in each of their languages, `of_text` the number of the statement that
    each says; `asked` and `of_asked` likewise; `family` is the sheet of each statement.
    """

    texts: tuple[str, ...]
    of_text: Rows
    asked: tuple[str, ...]
    of_asked: Rows
    family: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vectored:
    """A lesson's vectors by the model as it is; `queries` are the questions as they are asked."""

    lesson: Lesson
    texts: Vectors
    asked: Vectors
    queries: Vectors


@dataclass(frozen=True, slots=True)
class Found:
    """Shares of `questions` whose statement is first, or among ten, of all statements by cosine."""

    questions: int
    first: float
    among_ten: float


def lesson(documents: Sequence[Document]) -> Lesson:
    """What a corpus teaches."""
    numbers: dict[tuple[str, str], int] = {}
    texts: list[tuple[int, str]] = []
    asked: list[tuple[int, str]] = []
    for document in documents:
        for one in document.statements:
            number = numbers.setdefault((document.family, one.anchor), len(numbers))
            words = document.text[one.start : one.end]
            texts.append((number, sentence_text(document.title, words)))
            asked += [(number, question) for question in one.questions]
    return Lesson(
        texts=tuple(text for _, text in texts),
        of_text=np.array([number for number, _ in texts], dtype=np.int64),
        asked=tuple(text for _, text in asked),
        of_asked=np.array([number for number, _ in asked], dtype=np.int64),
        family=tuple(family for family, _ in numbers),
    )


def vectored(taught: Lesson, passages: PassageVectors, embedder: Embedder) -> Vectored:
    """Embed a lesson; `passages` embeds what is searched, as it does for the index."""
    return Vectored(
        taught, passages(taught.texts), passages(taught.asked), embedder.embed_queries(taught.asked)
    )


def held_out(taught: Lesson) -> Flags:
    """Which statements stand on the sheets that are kept for measuring."""
    families = sorted(set(taught.family))
    count = round(HELD_SHARE * len(families))
    held = set(Random(SEED).sample(families, count))  # noqa: S311  (a sample, not a secret)
    return np.array([family in held for family in taught.family])


def fit(known: Vectored, use: Flags, advance: Advance) -> Vectors:
    """The map, of shape (dimension, dimension), fitted on the statements of `use` alone."""
    torch.manual_seed(SEED)
    texts, of_text = _used(known.texts, known.lesson.of_text, use)
    asked, of_asked = _used(known.asked, known.lesson.of_asked, use)
    queries, _ = _used(known.queries, known.lesson.of_asked, use)
    identity = torch.eye(queries.shape[1])
    matrix = identity.clone().requires_grad_()
    optimiser = torch.optim.Adam([matrix], lr=_RATE)
    order = np.random.default_rng(SEED)
    batches = [
        torch.from_numpy(rows)
        for _ in range(_EPOCHS)
        for rows in np.array_split(order.permutation(len(queries)), -(-len(queries) // _BATCH))
    ]
    for done, rows in enumerate(batches, 1):
        query = normalize(queries[rows] @ matrix.T)
        own = of_asked[rows][:, None]
        to_texts = query @ normalize(texts @ matrix.T).T
        to_asked = query @ normalize(asked @ matrix.T).T
        itself = rows[:, None] == torch.arange(len(asked))[None, :]
        loss = (
            _missed(to_texts, own == of_text[None, :])
            + _ASKED_WEIGHT
            * _missed(to_asked.masked_fill(itself, _NEVER), (own == of_asked[None, :]) & ~itself)
            + _PENALTY * ((matrix - identity) ** 2).sum()
        )
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        advance(done, len(batches))
    return np.asarray(matrix.detach().numpy(), dtype=np.float32)


def found(known: Vectored, matrix: Vectors, held: Flags) -> Found:
    """How the held questions find their statements among all; the filed questions do not help."""
    queries, of_query = _used(known.queries, known.lesson.of_asked, held)
    mapped = normalize(queries @ torch.from_numpy(matrix).T)
    cosines = mapped @ normalize(torch.from_numpy(known.texts @ matrix.T)).T
    best = torch.full((len(mapped), len(known.lesson.family)), -1.0)
    owners = torch.from_numpy(known.lesson.of_text).expand(len(mapped), -1)
    best.scatter_reduce_(1, owners, cosines, "amax")
    before = (best > best.gather(1, of_query[:, None])).sum(dim=1)
    return Found(
        len(before), float((before < 1).float().mean()), float((before < 10).float().mean())
    )


def _missed(cosines: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    """Mean negative log probability of a right row, over the questions that have one."""
    odds = torch.log_softmax(cosines / _TEMPERATURE, dim=1).masked_fill(~right, 0.0)
    counts = right.sum(dim=1)
    return -(odds.sum(dim=1) / counts.clamp(min=1)).mean()


def _used(vectors: Vectors, owners: Rows, use: Flags) -> tuple[torch.Tensor, torch.Tensor]:
    rows = np.flatnonzero(use[owners])
    return torch.from_numpy(vectors[rows]), torch.from_numpy(owners[rows])

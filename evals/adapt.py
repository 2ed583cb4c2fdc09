"""Adapting an embedding model, so that a question comes near the statement it asks for.

The corpus files questions with every statement. The upper layers of the model are changed a little,
and its vectors mapped, so that each question finds its statement, in whatever language, and the
other questions for it, among those of the same batch: InfoNCE (van den Oord et al., 2018). A batch
holds whole sheets, so that most of what a question has to be told from is about its own subject.
What is reported comes from sheets that the fit has not seen.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.utils.parametrize import cached

from evals.lowrank import Trainee
from index.embedding import LocatedModel
from index.store import sentence_text
from ingest.document import Document

HELD_SHARE = 0.2
SEED = 7
STEPS = 400
BATCH = 128
_TEMPERATURE = 0.05
_ASKED_WEIGHT = 0.5
_RATE = 1e-3
_MAP_RATE = 3e-4
_DECAY = 0.01
_WARM = 0.05
_LEAST_RATE = 0.05
_MEASURED = 2000

Rows = NDArray[np.int64]
Flags = NDArray[np.bool_]
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

    @property
    def sheets(self) -> Rows:
        """The number of the sheet of each statement."""
        return np.unique(self.family, return_inverse=True)[1]

    def read_by(self, model: LocatedModel) -> tuple[str, ...]:
        """What a model reads: statements and questions as they are searched, questions as asked."""
        searched = [model.passage_prefix + text for text in (*self.texts, *self.asked)]
        return (*searched, *(model.query_prefix + text for text in self.asked))


@dataclass(frozen=True, slots=True)
class Found:
    """Shares of `questions` whose statement is first, or among ten, of all statements by cosine.

    `first_of_sheet` are those whose statement comes before all others of its own sheet.
    """

    questions: int
    first: float
    among_ten: float
    first_of_sheet: float


@dataclass(frozen=True, slots=True)
class _Example:
    """Rows of one question as it is asked, of its statement in a language, of another question."""

    asked: int
    text: int
    other: int


def lesson(documents: Sequence[Document]) -> Lesson:
    """What a corpus teaches."""
    numbers: dict[tuple[str, str], int] = {}
    texts: list[tuple[int, str]] = []
    asked: list[tuple[int, str]] = []
    for document in documents:
        for one in document.own_statements:
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


def held_out(taught: Lesson) -> Flags:
    """Which statements stand on the sheets that are kept for measuring."""
    families = sorted(set(taught.family))
    count = round(HELD_SHARE * len(families))
    held = set(Random(SEED).sample(families, count))  # noqa: S311  (a sample, not a secret)
    return np.array([family in held for family in taught.family])


def fit(taught: Lesson, trainee: Trainee, use: Flags, advance: Advance, steps: int = STEPS) -> None:
    """Train on the statements of `use` alone; `trainee` reads what `taught.read_by` gives."""
    parts = [
        {"params": list(trainee.change_parameters()), "lr": _RATE, "weight_decay": _DECAY},
        {"params": [trainee.matrix], "lr": _MAP_RATE, "weight_decay": 0.0},
    ]
    optimiser = torch.optim.AdamW(parts)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _share(step, steps))
    for done, batch in enumerate(islice(_batches(taught, use), steps), 1):
        loss = _loss(trainee, batch)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
        advance(done, steps)


@torch.no_grad()
def found(taught: Lesson, trainee: Trainee, held: Flags) -> Found:
    """How a sample of the held questions find their statements among all statements."""
    numbers = np.flatnonzero(held[taught.of_asked])
    if len(numbers) > _MEASURED:
        numbers = np.sort(np.random.default_rng(SEED).choice(numbers, _MEASURED, replace=False))
    with cached():
        asked = trainee.vectors(_as_asked(taught) + numbers)
        texts = trainee.vectors(np.arange(len(taught.texts)))
    best = torch.full((len(asked), len(taught.family)), -1.0)
    owners = torch.from_numpy(taught.of_text).expand(len(asked), -1)
    best.scatter_reduce_(1, owners, asked @ texts.T, "amax")
    right = torch.from_numpy(taught.of_asked[numbers])[:, None]
    better = best > best.gather(1, right)
    sheets = torch.from_numpy(taught.sheets)
    before, beside = better.sum(dim=1), (better & (sheets[right] == sheets)).sum(dim=1)
    return Found(len(asked), _mean(before < 1), _mean(before < 10), _mean(beside < 1))


def _batches(taught: Lesson, use: Flags) -> Iterator[list[_Example]]:
    """Batches without end; none holds a statement twice, and each as much of a sheet as it can."""
    rng = np.random.default_rng(SEED)
    texts = _by_statement(taught.of_text)
    asked = {one: rows for one, rows in _by_statement(taught.of_asked).items() if len(rows) > 1}
    while True:
        turns = {one: rng.permutation(rows) for one, rows in asked.items() if use[one]}
        for turn in range(max(map(len, turns.values()))):
            row = [one for one in _shuffled(taught, rng) if turn < len(turns.get(one, ()))]
            for begin in range(0, max(1, len(row) - BATCH // 2), BATCH):
                yield [
                    _example(taught, turns[one], turn, texts[one], rng)
                    for one in row[begin : begin + BATCH]
                ]


def _example(
    taught: Lesson, asked: Rows, turn: int, texts: Rows, rng: np.random.Generator
) -> _Example:
    others = np.delete(asked, turn)
    return _Example(
        asked=_as_asked(taught) + int(asked[turn]),
        text=int(rng.choice(texts)),
        other=len(taught.texts) + int(rng.choice(others)),
    )


def _shuffled(taught: Lesson, rng: np.random.Generator) -> list[int]:
    """All statements, sheet after sheet, both in an order of chance."""
    sheets = taught.sheets
    chance = rng.permutation(sheets.max() + 1)
    return [int(one) for one in np.lexsort((rng.random(len(sheets)), chance[sheets]))]


def _loss(trainee: Trainee, batch: Sequence[_Example]) -> torch.Tensor:
    rows = [one.asked for one in batch] + [one.text for one in batch] + [one.other for one in batch]
    vectors = trainee.vectors(np.array(rows, dtype=np.int64))
    asked, texts, others = vectors.reshape(3, len(batch), -1)
    return _missed(asked @ texts.T) + _ASKED_WEIGHT * _missed(asked @ others.T)


def _missed(cosines: torch.Tensor) -> torch.Tensor:
    """Mean negative log probability of the right column, which is that of the row."""
    return torch.nn.functional.cross_entropy(cosines / _TEMPERATURE, torch.arange(len(cosines)))


def _share(step: int, steps: int) -> float:
    """Of the full rate: it rises at once, and falls along a cosine."""
    falling = _LEAST_RATE + (1 - _LEAST_RATE) * (1 + np.cos(np.pi * step / steps)) / 2
    return float(min(1.0, (step + 1) / (_WARM * steps)) * falling)


def _as_asked(taught: Lesson) -> int:
    """The first row of the questions as they are asked."""
    return len(taught.texts) + len(taught.asked)


def _by_statement(owners: Rows) -> dict[int, Rows]:
    order = np.argsort(owners, kind="stable")
    names, starts = np.unique(owners[order], return_index=True)
    return dict(zip(names.tolist(), np.split(order, starts[1:]), strict=True))


def _mean(flags: torch.Tensor) -> float:
    return float(flags.float().mean())

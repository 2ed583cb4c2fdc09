"""A transformer whose upper layers can be changed a little, each weight by a product of low rank.

The weights themselves are frozen (Hu et al., *LoRA*, 2021, arXiv:2106.09685). The layers below the
upper ones never change, so what they make of a text is computed once and kept in 16 bits.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import normalize
from torch.nn.utils.parametrize import register_parametrization
from torch.nn.utils.rnn import pad_sequence
from transformers import AutoModel, AutoTokenizer

from index.adapter import Adaptation, LowRank

UPPER = 6
"""Layers that change; those below read letters and words, and would double the time."""

RANK = 8
LONGEST = 96
"""Tokens that are read of a text; 98 statements in 100 have no more."""

_BATCH = 4096
_TENSOR = "encoder.layer.{layer}.{name}.weight"

Rows = NDArray[np.int64]
Advance = Callable[[int, int], None]


class Trainee:
    """The model in a sentence-transformers folder, its low-rank changes, and a map of its vectors.

    It knows a fixed number of texts, by their rows.
    """

    def __init__(
        self,
        folder: Path,
        texts: Sequence[str],
        start: Adaptation | None,
        seed: int,
        advance: Advance,
    ) -> None:
        """`texts` bring their own prefix; `advance` hears how many of them were read.

        It begins with the adaptation `start`, else as the model is.
        """
        self._bert = AutoModel.from_pretrained(folder, add_pooling_layer=False).eval()
        self._bert.requires_grad_(requires_grad=False)
        self._split = max(0, len(self._bert.encoder.layer) - UPPER)
        tokens = AutoTokenizer.from_pretrained(folder)(
            list(texts), truncation=True, max_length=LONGEST
        )["input_ids"]
        self._lengths = np.array([len(one) for one in tokens], dtype=np.int64)
        self._starts = np.concatenate([[0], self._lengths.cumsum()])
        self._below = self._read(tokens, advance)
        generator = torch.Generator().manual_seed(seed)
        self._changes: dict[str, _Change] = {}
        for name, layer in self._linear_layers():
            change = _Change(layer, generator)
            if start and (known := start.weights.get(name)):
                change.begin(known)
            register_parametrization(layer, "weight", change)
            self._changes[name] = change
        size = self._bert.config.hidden_size
        self.matrix = nn.Parameter(torch.from_numpy(start.matrix) if start else torch.eye(size))

    def change_parameters(self) -> Iterator[nn.Parameter]:
        """All that is trained but the map."""
        return (part for change in self._changes.values() for part in change.parameters())

    def vectors(self, rows: Rows) -> Tensor:
        """Unit vectors of the texts of `rows`, of shape (rows, dimension), as the model is now."""
        order, parts = [], []
        for some in _batches(self._lengths[rows]):
            lengths = torch.from_numpy(self._lengths[rows[some]])
            hidden = pad_sequence([self._hidden(row) for row in rows[some]], batch_first=True)
            parts.append(_mean(self._run(hidden.float(), lengths, upper=True), lengths))
            order.append(some)
        back = torch.from_numpy(np.argsort(np.concatenate(order)))
        return normalize(torch.cat(parts)[back] @ self.matrix.T)

    def adaptation(self) -> Adaptation:
        """What was learnt, for `index.adapter`."""
        weights = {
            name: LowRank(_numpy(change.up), _numpy(change.down))
            for name, change in self._changes.items()
        }
        return Adaptation(_numpy(self.matrix), weights)

    def _linear_layers(self) -> Iterator[tuple[str, nn.Linear]]:
        for number, layer in enumerate(self._bert.encoder.layer):
            if number >= self._split:
                for name, part in layer.named_modules():
                    if isinstance(part, nn.Linear):
                        yield _TENSOR.format(layer=number, name=name), part

    def _hidden(self, row: int) -> Tensor:
        return self._below[self._starts[row] : self._starts[row + 1]]

    @torch.no_grad()
    def _read(self, tokens: Sequence[Sequence[int]], advance: Advance) -> Tensor:
        """What the lower layers make of all texts, one text behind the other."""
        size = self._bert.config.hidden_size
        found = torch.empty((int(self._starts[-1]), size), dtype=torch.bfloat16)
        done = 0
        for some in _batches(self._lengths):
            lengths = torch.from_numpy(self._lengths[some])
            ids = pad_sequence([torch.tensor(tokens[row]) for row in some], batch_first=True)
            hidden = self._run(self._bert.embeddings(input_ids=ids), lengths, upper=False)
            for row, one, length in zip(some, hidden, lengths, strict=True):
                found[self._starts[row] : self._starts[row + 1]] = one[:length]
            done += len(some)
            advance(done, len(tokens))
        return found

    def _run(self, hidden: Tensor, lengths: Tensor, *, upper: bool) -> Tensor:
        layers = self._bert.encoder.layer
        mask = (~_is_text(hidden, lengths) * torch.finfo(torch.float32).min)[:, None, None, :]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            for layer in layers[self._split :] if upper else layers[: self._split]:
                hidden = layer(hidden, mask)
        return hidden.float()


class _Change(nn.Module):
    """Adds `up @ down` to the weight of a linear layer."""

    def __init__(self, layer: nn.Linear, generator: torch.Generator) -> None:
        super().__init__()
        narrow = torch.randn(RANK, layer.in_features, generator=generator)
        self.down = nn.Parameter(narrow / layer.in_features**0.5)
        self.up = nn.Parameter(torch.zeros(layer.out_features, RANK))

    @torch.no_grad()
    def begin(self, known: LowRank) -> None:
        """With what was learnt before."""
        self.up.copy_(torch.from_numpy(known.up))
        self.down.copy_(torch.from_numpy(known.down))

    def forward(self, weight: Tensor) -> Tensor:
        return weight + self.up @ self.down


def _batches(lengths: Rows) -> Iterator[Rows]:
    """Places in `lengths`, from short to long, in batches of about so many tokens with padding."""
    order = np.argsort(lengths, kind="stable")
    begin = 0
    for end in range(1, len(order) + 1):
        if end == len(order) or (end + 1 - begin) * lengths[order[end]] > _BATCH:
            yield order[begin:end]
            begin = end


def _is_text(hidden: Tensor, lengths: Tensor) -> Tensor:
    return torch.arange(hidden.shape[1])[None, :] < lengths[:, None]


def _mean(hidden: Tensor, lengths: Tensor) -> Tensor:
    return (hidden * _is_text(hidden, lengths)[:, :, None]).sum(dim=1) / lengths[:, None]


def _numpy(parameter: Tensor) -> NDArray[np.float32]:
    return np.asarray(parameter.detach().numpy(), dtype=np.float32)

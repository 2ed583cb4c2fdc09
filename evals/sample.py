"""A few questions that stand for all: slow systems are then compared on the same ones."""

import hashlib

from evals.gold import Gold, GoldItem
from evals.statistics import SEED

Stratum = tuple[str, bool]


def sample(gold: Gold, n: int, seed: int = SEED) -> Gold:
    """`n` questions in the order of the gold, or all of them when there are no more.

    Languages, and in each the answerable and the others, keep their shares: a stratum gets
    `floor(n share)`, the largest remainders one more. Within a stratum the lowest hashes of seed
    and id are drawn, so that an added question moves few others. Name and hash are the sample's.
    """
    if n >= len(gold.items):
        return gold
    strata: dict[Stratum, list[GoldItem]] = {}
    for item in gold.items:
        strata.setdefault((item.language, item.answerable), []).append(item)
    quotas = _quotas({key: len(items) for key, items in strata.items()}, n)
    chosen = {
        item.id
        for key, items in strata.items()
        for item in sorted(items, key=lambda item: _draw(item, seed))[: quotas[key]]
    }
    places = [place for place, item in enumerate(gold.items) if item.id in chosen]
    items = tuple(gold.items[place] for place in places)
    text = "\n".join(item.model_dump_json() for item in items)
    return Gold(
        name=f"{gold.name}, {n} of {len(gold.items)}",
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        items=items,
        lines=tuple(gold.lines[place] for place in places) if gold.lines else (),
    )


def _quotas(sizes: dict[Stratum, int], n: int) -> dict[Stratum, int]:
    total = sum(sizes.values())
    quotas = {key: n * size // total for key, size in sizes.items()}
    by_remainder = sorted(sizes, key=lambda key: (-(n * sizes[key] % total), key))
    for key in by_remainder[: n - sum(quotas.values())]:
        quotas[key] += 1
    return quotas


def _draw(item: GoldItem, seed: int) -> str:
    return hashlib.sha256(f"{seed}:{item.id}".encode()).hexdigest()

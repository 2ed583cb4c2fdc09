"""Does the gold still fit the documents, and is it a fair exam?

Every rule has a name: `span`, `fact`, `id`, `split`, `shape`, `tag`, `paraphrase`, `twin`.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from statistics import quantiles

from evals.facts import mentions, occurs, read
from evals.gold import Evidence, Gold, GoldItem, split_of
from evals.metrics import share
from evals.runfolder import RunMismatchError
from evals.score import Library
from index.tokens import stems, tokenize
from ingest.document import Document, Statement
from ingest.problem import Problem

TAGS = frozenset(
    {
        "numeric", "dated", "conflict", "two-documents", "followup", "near-miss", "lookalike",
        "code-switched", "darija", "typo",
    }
)  # fmt: skip
PARAPHRASE = 0.75
TWIN = 0.8


@dataclass(frozen=True, slots=True)
class Composition:
    """What a gold file is made of: shares by language, kind and tag, and its word overlap.

    `overlaps` are deciles from 10 % to 90 % of the share of a question's words that its evidence
    repeats: high ones would make an exam in finding words again.
    """

    n: int
    answerable: int
    languages: Mapping[str, int]
    kinds: Mapping[str, int]
    tags: Mapping[str, int]
    overlaps: tuple[float, ...]


def check(golds: Sequence[Gold], library: Library) -> tuple[Problem, ...]:
    """All problems of the gold files, in their order.

    A file named `dev` or `test` holds the questions of that split only.
    """
    problems = [
        Problem(gold.name, line, rule, f"{item.id}: {message}")
        for gold in golds
        for line, item in zip(gold.lines, gold.items, strict=True)
        for rule, message in _item_problems(item, gold, library)
    ]
    return (*problems, *_collisions(golds), *_twins(golds))


def require_fit(gold: Gold, library: Library) -> None:
    """Raise RunMismatchError if the evidence stands elsewhere in these documents: recall and cited
    evidence would then be measured at the wrong places.
    """
    lost = [item.id for item in gold.items if any(_span_problems(item, library))]
    if lost:
        named = ", ".join(lost[:5]) + (" …" if len(lost) > 5 else "")
        raise RunMismatchError(
            f"{gold.name} was written for another version of the documents: the evidence of "
            f"{len(lost)} of {len(gold.items)} questions is elsewhere or gone ({named}). Run "
            "`sanad ingest`, so that the index holds the corpus, then `sanad eval gold check`."
        )


def composition(items: Sequence[GoldItem], library: Library) -> Composition:
    """Counts of what the items are, and how much they repeat their evidence."""
    shares = [overlap(item, library) for item in items if item.answerable and not item.history]
    return Composition(
        n=len(items),
        answerable=sum(item.answerable for item in items),
        languages=_counts(item.language for item in items),
        kinds=_counts(item.kind for item in items),
        tags=_counts(tag for item in items for tag in item.tags),
        overlaps=tuple(round(q, 2) for q in quantiles(shares, n=10)) if len(shares) > 1 else (),
    )


def overlap(item: GoldItem, library: Library) -> float:
    """The largest share of the question's words that one piece of evidence holds, any variant."""
    asked = set(stems(item.question))
    texts = [
        library.texts[span.document][span.start : span.end]
        for gold in library.golds(item)
        for span in gold.alternatives
        if span.document in library.texts
    ]
    return max((_repeated(asked, text) for text in texts), default=0.0)


def _repeated(words: Collection[tuple[str, ...]], text: str) -> float:
    held = {stem for word in stems(text) for stem in word}
    return share(sum(not held.isdisjoint(word) for word in words), len(words))


def relocate(item: GoldItem, library: Library) -> GoldItem:
    """The item with the offsets that its statements have now; what is gone is left as it is."""
    return item.model_copy(
        update={"evidence": tuple(_relocated(piece, library) for piece in item.evidence)}
    )


def _relocated(piece: Evidence, library: Library) -> Evidence:
    statement = _statement(piece, library.document(piece.document))
    if statement is None:
        return piece
    return piece.model_copy(update={"start": statement.start, "end": statement.end})


def _item_problems(item: GoldItem, gold: Gold, library: Library) -> Iterator[tuple[str, str]]:
    yield from _span_problems(item, library)
    yield from _fact_problems(item, library)
    yield from _shape_problems(item)
    split = gold.name.removesuffix(".jsonl")
    for sheet in item.sheets or (item.id,):
        if split in {"dev", "test"} and split_of(sheet) != split:
            yield "split", f"{sheet} belongs to {split_of(sheet)}"
    for sheet in item.sheets:
        if sheet not in library.families:
            yield "span", f"there is no sheet {sheet}"
    repeated = overlap(item, library)
    if item.answerable and not item.history and repeated > PARAPHRASE:
        yield "paraphrase", f"its evidence repeats {repeated:.0%} of its words; ask as a user would"


def _span_problems(item: GoldItem, library: Library) -> Iterator[tuple[str, str]]:
    for piece in item.evidence:
        statement = _statement(piece, library.document(piece.document))
        if statement is None:
            yield "span", f"{piece.document} has no statement {piece.statement}"
        elif (statement.start, statement.end) != (piece.start, piece.end):
            place = f"{piece.document}#{piece.statement}"
            yield "span", f"{place} moved; read it again, then run `sanad eval gold locate`"


def _fact_problems(item: GoldItem, library: Library) -> Iterator[tuple[str, str]]:
    words = read("\n".join(_quoted(item, library)))
    for fact in item.facts:
        if item.answerable and not occurs(fact, words):
            yield "fact", f"{fact.any[0]!r} does not occur in the evidence"
    for value in item.forbidden:
        if item.answerable and mentions(value, words):
            yield "fact", f"{value!r} is forbidden and stands in the evidence"


def _shape_problems(item: GoldItem) -> Iterator[tuple[str, str]]:
    rules = {
        "`best` is not in `expect`": item.best not in item.expect,
        "answerable without evidence": item.answerable and not item.evidence,
        "answerable without a fact that must be said": item.answerable
        and not any(fact.must for fact in item.facts),
        "a history and the tag followup belong together": bool(item.history)
        != ("followup" in item.tags),
        "a follow-up needs `standalone`": bool(item.history) and not item.standalone,
    }
    yield from (("shape", message) for message, broken in rules.items() if broken)
    for tag in sorted(set(item.tags) - TAGS):
        yield "tag", f"{tag!r} is none of {', '.join(sorted(TAGS))}"


def _collisions(golds: Sequence[Gold]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for gold in golds:
        for line, item in zip(gold.lines, gold.items, strict=True):
            if item.id in seen:
                yield Problem(gold.name, line, "id", f"{item.id} is also in {seen[item.id]}")
            seen[item.id] = gold.name


def _twins(golds: Sequence[Gold]) -> Iterator[Problem]:
    """Questions of two files that ask the same in nearly the same words."""
    words = [
        [
            (gold.name, line, item.id, frozenset(tokenize(item.standalone or item.question)))
            for line, item in zip(gold.lines, gold.items, strict=True)
        ]
        for gold in golds
    ]
    for place, first in enumerate(words):
        for second in words[place + 1 :]:
            for (name, line, own, left), (_, _, other, right) in product(first, second):
                if share(len(left & right), len(left | right)) >= TWIN:
                    yield Problem(name, line, "twin", f"{own} asks what {other} asks")


def _quoted(item: GoldItem, library: Library) -> Iterator[str]:
    for piece in item.evidence:
        document = library.document(piece.document)
        if document:
            yield f"{document.title}. {document.text[piece.start : piece.end]}"


def _statement(piece: Evidence, document: Document | None) -> Statement | None:
    return document.statement(piece.statement) if document else None


def _counts(values: Iterable[str]) -> dict[str, int]:
    return dict(Counter(values).most_common())

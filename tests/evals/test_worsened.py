"""Deliberately worsened builds over the real index: the gate catches each of them.

Every build is held against the unpatched one of the same session, so nothing here depends on how
good that one is. Every second question is enough to be sure. The index is that of the settings
(SANAD_INDEX, else `var/index`); without it, or with one of another corpus, the tests fail and name
`sanad ingest`.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from assistant.answer import ComposerName
from assistant.assistant import Assistant, assemble, open_configured_embedder
from assistant.compose import Composer, ExtractiveComposer
from assistant.question import Question
from assistant.settings import load_settings
from assistant.state import Draft, State, Step, today
from evals.baselines import Unverified
from evals.citations import WordSupport
from evals.gate import accept, breaches
from evals.gold import Gold, read_gold
from evals.goldcheck import require_fit
from evals.run import in_order, run
from evals.score import Library, Result, Scorer
from evals.summary import HEADLINE
from evals.system import Observation, Transparent
from index.embedding import Advance, Embedder, EmbedderIdentity, Vectors
from index.generation import Generation, open_current
from index.retriever import Mode
from ingest.figures import find_figures

GOLD = Path(__file__).parents[2] / "evals" / "gold" / "dev.jsonl"


@dataclass(frozen=True, slots=True)
class Remembering:
    """Embeds each question once, however many builds ask it."""

    embedder: Embedder
    known: dict[str, Vectors] = field(default_factory=dict)

    @property
    def identity(self) -> EmbedderIdentity:
        return self.embedder.identity

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if text not in self.known]
        if new:
            self.known.update(zip(new, self.embedder.embed_queries(new), strict=True))
        return np.stack([self.known[text] for text in texts])

    def embed_passages(self, texts: Sequence[str], advance: Advance | None = None) -> Vectors:
        return self.embedder.embed_passages(texts, advance)


class AlteringComposer:
    """Quotes the evidence, each figure with one other digit."""

    name: ComposerName = "extractive"
    model: str | None = None
    prompt: str | None = None

    def drafts(self, state: State) -> Iterable[Draft]:
        return [Draft(_altered(item.quote), (item.number,)) for item in state.evidence]


def _altered(text: str) -> str:
    """The text with the last digit of every figure one higher; 9 becomes 0."""
    for figure in find_figures(text):
        places = [n for n in range(figure.start, figure.end) if text[n].isdecimal()]
        if places:
            other = str((int(text[places[-1]]) + 1) % 10)
            text = text[: places[-1]] + other + text[places[-1] + 1 :]
    return text


class Guarded:
    """An assistant with the passages it found, but without the answers that it withheld.

    Those cost as much again, and no rule of the gate looks at them.
    """

    def __init__(self, assistant: Assistant) -> None:
        self._shown = Transparent(assistant, assistant)

    def observe(self, question: Question) -> Observation:
        return replace(self._shown.observe(question), unguarded=None)


@dataclass(frozen=True, slots=True)
class Bench:
    """The real index, questions, and the builds that are asked them."""

    gold: Gold
    generation: Generation
    embedder: Embedder

    def answers(
        self,
        *,
        composer: Composer | None = None,
        mode: Mode = "hybrid",
        bold: bool = False,
        verify: Step | None = None,
    ) -> tuple[Result, ...]:
        """The results of a build."""

        assistant = assemble(
            self.generation,
            self.embedder,
            composer or ExtractiveComposer(),
            mode=mode,
            bold=bold,
            verify=verify,
        )
        scorer = Scorer(Library.of(self.generation.store.documents()), WordSupport())
        rows = run(self.gold.items, Guarded(assistant), scorer, today())
        return tuple(in_order(self.gold.items, [result for result, _ in rows]))

    def broken_rules(self, before: Sequence[Result], after: Sequence[Result]) -> set[str]:
        """What the gate has against a build when another one is its baseline."""
        baseline = accept(self.gold, today(), before)
        return {one.rule for one in breaches(self.gold, after, baseline)}

    def some(self, every: int) -> "Bench":
        """The same with fewer questions."""
        return replace(self, gold=replace(self.gold, items=self.gold.items[::every]))


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    settings = load_settings(llm="none")
    gold = read_gold(GOLD)
    embedder = Remembering(open_configured_embedder(settings))
    with closing(open_current(settings.index, embedder.identity)) as generation:
        require_fit(gold, Library.of(generation.store.documents()))
        chosen = Bench(gold, generation, embedder).some(every=2)
        embedder.embed_queries([item.question for item in chosen.gold.items])
        yield chosen


@pytest.fixture(scope="module")
def unpatched(bench: Bench) -> tuple[Result, ...]:
    return bench.answers()


@pytest.fixture(scope="module")
def few(bench: Bench) -> Bench:
    """Enough questions for a rule that one of them breaks."""
    return bench.some(every=3)


@pytest.fixture(scope="module")
def unpatched_few(few: Bench, unpatched: tuple[Result, ...]) -> tuple[Result, ...]:
    asked = {item.id for item in few.gold.items}
    return tuple(result for result in unpatched if result.id in asked)


def test_the_unpatched_build_passes(bench: Bench, unpatched: tuple[Result, ...]) -> None:
    assert bench.broken_rules(unpatched, unpatched) == set()


def test_figures_that_nobody_verifies_close_the_gate(
    few: Bench, unpatched_few: tuple[Result, ...]
) -> None:
    worsened = few.answers(composer=AlteringComposer(), verify=Unverified())
    assert "figure_precision" in few.broken_rules(unpatched_few, worsened)


def test_with_the_real_verification_no_altered_figure_leaves(
    few: Bench, unpatched_few: tuple[Result, ...]
) -> None:
    attacked = few.answers(composer=AlteringComposer())
    assert [result.id for result in attacked if result.unsupported] == []
    assert few.broken_rules(unpatched_few, attacked) == set()


def test_search_without_words_closes_the_gate(bench: Bench, unpatched: tuple[Result, ...]) -> None:
    assert bench.broken_rules(unpatched, bench.answers(mode="dense")) & set(HEADLINE)


def test_answering_whatever_is_asked_closes_the_gate(
    bench: Bench, unpatched: tuple[Result, ...]
) -> None:
    assert "false_answer" in bench.broken_rules(unpatched, bench.answers(bold=True))


@pytest.mark.parametrize(
    ("text", "altered"),
    [
        ("Le délai est de 150 jours.", "Le délai est de 151 jours."),
        ("الأجل هو 150 يوما.", "الأجل هو 151 يوما."),
        ("rien", "rien"),
    ],
)
def test_the_altering_composer_alters_figures(text: str, altered: str) -> None:
    assert _altered(text) == altered

"""The contest of the composers as Markdown: measures, cost, the rule, and what was held back."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from assistant.winner import Winner
from evals.benchmark import Entry, Section
from evals.contest import Cost, Criterion, Drop, cost, drops
from evals.metrics import share
from evals.summary import ALL
from evals.table import COLUMNS, interval, markdown

SHOWN = 10
_MEASURES = {
    **{title: metric for title, metric in COLUMNS.items() if title != "recall@10"},
    "all facts": "fact_recall_all",
    "lang": "language_ok",
}
_INTRODUCTION = """# Composers

Written by `sanad eval composers`; what is edited here is lost.

The same questions, answered with the documents' own words and with drafts of language models that
passed verification. Measures as in [benchmarks.md](benchmarks.md); `all facts` counts those that an
answer may leave out, `lang` the answers in the language of the question.
"""


_MEDIANS = """Medians, but for p95. Times count from the question, `first token` from the request to
the model. `words` are those of an answer and of a sentence, which is as much of readability as can
be counted in every language; `generated` is the share of the sentences that a model worded.
"""


def page(section: Section, verdicts: Mapping[str, Sequence[Criterion]], default: Winner) -> str:
    """Everything; `default` is who answers when nobody chose."""
    parts = [
        _INTRODUCTION,
        _where(section),
        "## Quality",
        _quality(section),
        "## Cost",
        _MEDIANS,
        _costs(section),
        "## The rule of ADR 0027",
        *_verdicts(verdicts),
        f"Default: {default.model or default.composer}, because of {default.because}.",
        "## What verification held back",
        _held_back(section),
        *_examples(section.entries[1:]),
        "## Again",
        _COMMANDS,
    ]
    return "\n".join(part.strip("\n") + "\n" for part in parts)


def _where(section: Section) -> str:
    config, where = section.reference.config, section.reference.environment
    return (
        f"{len(section.reference.results)} questions of {section.gold}, {config.day}, generation "
        f"{config.generation}, {where.machine}."
    )


def _quality(section: Section) -> str:
    rows = []
    for entry in section.entries:
        means = entry.summary.groups[ALL].means
        rows.append([entry.label, *(interval(means.get(name)) for name in _MEASURES.values())])
    return markdown(["composer", *_MEASURES], rows)


def _costs(section: Section) -> str:
    header = [
        "composer", "first citation", "first token", "first sentence", "total", "total p95",
        "prompt tokens", "output tokens", "words", "words a sentence", "generated",
    ]  # fmt: skip
    return markdown(header, [_cost(entry, cost(entry)) for entry in section.entries])


def _cost(entry: Entry, spent: Cost) -> list[str]:
    times = (
        spent.first_citation,
        spent.first_token,
        spent.first_sentence,
        spent.total,
        entry.latency(95),
    )
    counts = (spent.prompt_tokens, spent.output_tokens, spent.words, spent.words_a_sentence)
    return [
        entry.label,
        *("-" if ms is None else f"{ms / 1000:.2f} s" for ms in times),
        *("-" if count is None else f"{count:.0f}" for count in counts),
        f"{spent.generated:.0%}",
    ]


def _verdicts(verdicts: Mapping[str, Sequence[Criterion]]) -> Iterator[str]:
    for label, criteria in verdicts.items():
        rows = [
            [one.name, one.wanted, one.measured, "yes" if one.met else "**no**"] for one in criteria
        ]
        yield markdown([label, "wanted", "measured", "met"], rows)


def _held_back(section: Section) -> str:
    """Drafts by what became of them; unproven figures are what would have left without it."""
    rows = []
    for entry in section.entries[1:]:
        held = drops(entry.results)
        n = sum(len(result.drafts) for result in entry.results)
        reasons = Counter(drop.drafted.reason for drop in held)
        rows.append(
            [
                entry.label,
                str(n),
                str(n - len(held)),
                f"{len(held)} ({share(len(held), n):.0%})",
                ", ".join(f"{reason} {count}" for reason, count in reasons.most_common()) or "-",
                str(sum(drop.unproven_figures for drop in held)),
            ]
        )
    header = ["composer", "drafts", "admitted", "dropped", "why", "dropped with unproven figures"]
    return markdown(header, rows)


def _examples(entries: Sequence[Entry]) -> Iterator[str]:
    for entry in entries:
        held = drops(entry.results)
        chosen = _spread(held)
        yield f"### {len(chosen)} of {len(held)} dropped by {entry.label}, in full"
        yield "\n".join(_example(number, drop) for number, drop in enumerate(chosen, 1)) or "None."


def _spread(held: Sequence[Drop]) -> list[Drop]:
    """So many as are shown, at even distances, the first among them."""
    shown = min(SHOWN, len(held))
    return [held[at * len(held) // shown] for at in range(shown)]


def _example(number: int, drop: Drop) -> str:
    cited = "".join(f"\n   - cited: {_inline(words)}" for words in drop.cited)
    return (
        f"{number}. {_inline(drop.question)} ({drop.language}, {drop.drafted.reason})\n"
        f"   - drafted: {_inline(drop.drafted.text) or '(nothing)'}{cited or ' '}".rstrip()
    )


def _inline(text: str) -> str:
    """On one line and as code, so that no markup that a model writes comes to life."""
    flat = " ".join(text.split()).replace("`", "'")
    return f"`{flat}`" if flat else ""


_COMMANDS = """    SANAD_LLM=none sanad eval run --sample 60 --out RUN/extractive
    SANAD_LLM=local SANAD_LLM_MODEL=ID sanad eval run --sample 60 --out RUN/ID
    sanad eval composers RUN/extractive RUN/ID
"""

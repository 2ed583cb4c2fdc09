"""The benchmark as Markdown: a page with everything, and the short table of the README."""

from collections.abc import Iterator, Mapping, Sequence

from evals.benchmark import Entry, Section, is_better
from evals.compare import Delta
from evals.summary import ALL, HEADLINE, MEETINGS, Group, Mean, named
from evals.table import COLUMNS, interval, markdown
from ingest.errors import InputError

BEGIN, END = "<!-- benchmark -->", "<!-- /benchmark -->"
_PACKAGES = ("faiss-cpu", "langchain-core", "numpy", "sentence-transformers", "torch", "xllamacpp")
_ENDS = ("errors", "p50", "p95")
_SHORT = ("crag", "facts", "figures", "false ans", "false ref", "recall@10")
_TITLES = {metric: title for title, metric in COLUMNS.items()}

_INTRODUCTION = """# Benchmark

Written by `make bench-answers`; what is edited here is lost.

Elsewhere: [what a language model gains and costs](composers.md), [how soon it writes](stream.md),
[start and memory](start.md), [200 people at once, and a database that is stopped](load.md), [from a
thousand rows to a million](growth.md).

`crag` is +1 for a right answer, 0.5 for part of it, 0 for silence where there is an answer, and -1
for a wrong one; `facts` is the share of the gold's facts that is said; `figures` the share of said
figures that stand in the words cited for them; `cit rec` and `cit prec` say whether the cited
words prove the sentences, and are needed (judge: {support}). `false ans` is the share of
unanswerable questions that is answered, `false ref` that of answerable ones that is not; both are
better when lower. `recall@10` is the share of the gold's evidence among the ten best passages. No
question leaves a mean: an error counts as the worst answer. Intervals are 95 %, with questions
about one sheet drawn together.

What to know about the systems:

- `unverified` differs from `sanad` with a language model only: without one its drafts are quotes,
  and it is `sanad` by construction.
- `langchain` is the chain of LangChain's tutorial with our embedding model and, where the model is
  named, the same language model. It reads no earlier turns. It cites all four chunks it was given,
  for it does not know which of them it used.
- `langchain-extractive` answers with those four chunks, and never withholds an answer. Its chunks
  hold several statements each, so they prove themselves, and hold more facts, than one quote does.
- `closed-book` cites nothing, so that every figure it says counts as unproved.
- Plain text shows no reason for a refusal. One that says "I do not know" counts as withheld, by
  rules (`evals/plaintext.py`), and as wrong where the gold wants the refusal of something unlawful.
"""


class MarkMissingError(InputError):
    """A page does not say where the table goes."""

    code = "mark_missing"


def page(sections: Sequence[Section]) -> str:
    """Everything: the tables of each section, where it was measured, and how to do it again."""
    parts = [_INTRODUCTION.format(support=sections[0].reference.config.support)]
    parts += [part for section in sections for part in _section(section)]
    parts += ["## Where it was measured", _environment(sections), "## Again", _COMMANDS]
    return "\n".join(part.strip("\n") + "\n" for part in parts)


def short(section: Section) -> str:
    """The table of the README with what it rests on."""
    rows = [_row(entry, _SHORT) for entry in section.entries]
    config, total = section.reference.config, section.reference.summary.groups[ALL]
    sure = sum(delta.turn == "better" for _, delta in section.ahead())
    return (
        f"{total.n} questions ({section.gold}), {config.day}, generation {config.generation}; "
        f"silence throughout would score crag {total.silent_crag:+.2f}. Intervals are 95 %.\n\n"
        f"{markdown(['system', *_SHORT, *_ENDS], rows)}\n"
        f"Others are ahead of {section.reference.label} in {_count(section)} by measure and "
        f"language, {sure} of them beyond chance. All of it, and how to run it again: "
        "[docs/benchmarks.md](docs/benchmarks.md).\n"
    )


def replace_block(text: str, table: str) -> str:
    """The text with `table` between its two marks; raises MarkMissingError."""
    before, begin, rest = text.partition(BEGIN)
    old, end, after = rest.partition(END)
    if not begin or not end or BEGIN in old or BEGIN in after:
        raise MarkMissingError(
            f"The page needs one line {BEGIN} and one line {END} after it; the table goes between."
        )
    return f"{before}{BEGIN}\n{table}{END}{after}"


def _section(section: Section) -> Iterator[str]:
    reference = section.reference
    total = reference.summary.groups[ALL]
    yield f"## {section.gold}: {total.n} questions"
    yield (
        f"{total.answerable} can be answered, about {total.clusters} sheets. Silence throughout "
        f"would score crag {total.silent_crag:+.2f}."
    )
    columns = tuple(COLUMNS)
    rows = [_row(entry, columns) for entry in section.entries]
    yield markdown(["system", *columns, *_ENDS], rows)
    yield f"### {reference.label} by language, the worst first"
    yield markdown(["language", "n", *columns], _languages(reference))
    yield from _recalls(section)
    if len(section.entries) > 1:
        yield "### Who wins where"
        yield "The best system, or all that share the best value."
        yield _winners(section)
        yield "### Where another system is ahead"
        yield from _ahead(section)
        yield f"### Against {reference.label}, question by question"
        yield (
            "`delta` is the other system less this one, with its 95 % interval; `p` is that of the "
            f"paired randomisation test, `Holm` the same among all {section.tests()} tests of this "
            "section; `detectable` is the smallest change that so many questions would show four "
            "times in five, before Holm."
        )
        chosen = [(a, b) for a, deltas in section.deltas.items() for b in deltas if b.slice == ALL]
        yield _deltas(section, chosen)


def _row(entry: Entry, columns: Sequence[str]) -> list[str]:
    group = entry.summary.groups[ALL]
    times = [f"{entry.latency(percent) / 1000:.2f} s" for percent in (50, 95)]
    return [entry.label, *_values(group, columns), str(group.errors), *times]


def _values(group: Group, columns: Sequence[str]) -> list[str]:
    return [interval(group.means.get(COLUMNS[column])) for column in columns]


def _languages(entry: Entry) -> Iterator[list[str]]:
    for name in named(entry.summary.groups, "language"):
        group = entry.summary.groups[name]
        yield [name.removeprefix("language:"), str(group.n), *_values(group, tuple(COLUMNS))]


def _recalls(section: Section) -> Iterator[str]:
    """Recall by the languages of question and evidence, unless the runs do not tell them."""
    groups = section.reference.summary.groups
    chosen = named(groups, *MEETINGS)
    if not chosen:
        return
    yield "### recall@10 by language of question and evidence"
    yield (
        "`same`: the documents hold the evidence in the language of the question, if in others "
        "too; found in any of them, it is found. `across`: they hold it in other languages only, "
        "as they do for questions in Darija. Then by pair, the question's language first."
    )
    rows = [
        [entry.label, *(_recall(entry.summary.groups.get(name)) for name in chosen)]
        for entry in section.entries
    ]
    sizes = [f"{name.partition(':')[2]}, n {groups[name].n}" for name in chosen]
    yield markdown(["system", *sizes], rows)


def _recall(group: Group | None) -> str:
    return interval(group.means.get("recall_10") if group else None)


def _winners(section: Section) -> str:
    names = [ALL, *named(section.reference.summary.groups, "language")]
    rows = [
        [_TITLES[metric], *(_best(section, name, metric) for name in names)] for metric in HEADLINE
    ]
    return markdown(["measure", *(name.removeprefix("language:") for name in names)], rows)


def _best(section: Section, name: str, metric: str) -> str:
    found: Mapping[str, Mean | None] = {
        entry.label: entry.summary.groups[name].means.get(metric) for entry in section.entries
    }
    values = {label: mean.value for label, mean in found.items() if mean}
    best = [
        label
        for label, value in values.items()
        if not any(is_better(metric, other, value) for other in values.values())
    ]
    return "all alike" if len(best) == len(values) > 1 else ", ".join(best) or "-"


def _ahead(section: Section) -> Iterator[str]:
    found = list(section.ahead())
    if not found:
        yield "Nowhere."
        return
    yield f"{_count(section)}; a verdict stands only where chance does not explain it after Holm."
    yield _deltas(section, found)


def _count(section: Section) -> str:
    ahead, tests = len(list(section.ahead())), section.tests()
    return f"{ahead} of {tests} comparisons"


def _deltas(section: Section, chosen: Sequence[tuple[str, Delta]]) -> str:
    header = [
        "system", "slice", "measure", "n", section.reference.label, "system's", "delta", "95 %",
        "p", "Holm", "detectable", "verdict",
    ]  # fmt: skip
    rows = [
        [
            label, delta.slice.removeprefix("language:"), _TITLES.get(delta.metric, delta.metric),
            str(delta.n), f"{delta.before:.2f}", f"{delta.after:.2f}", f"{delta.delta:+.3f}",
            f"[{delta.low:+.3f}, {delta.high:+.3f}]", f"{delta.p:.4f}", f"{delta.adjusted:.4f}",
            f"{delta.detectable:.3f}", delta.turn or "",
        ]
        for label, delta in chosen
    ]  # fmt: skip
    return markdown(header, rows)


def _environment(sections: Sequence[Section]) -> str:
    reference = sections[0].reference
    config, where = reference.config, reference.environment
    packages = [f"{name} {where.packages[name]}" for name in _PACKAGES if name in where.packages]
    rows = {
        "machine": where.machine,
        "Python": f"{where.python}; {', '.join(packages)}",
        "code": config.commit or "-",
        "index": f"generation {config.generation}, {config.embedder or '-'}",
        "day asked about": str(config.day),
        "seed": str(config.seed),
        **{
            f"questions of {section.gold}": f"sha256 {section.gold_sha256[:16]}"
            for section in sections
        },
        **{
            f"prompt of {entry.label}": entry.config.prompt
            for section in sections
            for entry in section.entries
            if entry.config.prompt
        },
    }
    return "".join(f"- {name}: {value}\n" for name, value in rows.items())


_COMMANDS = """    make bench-answers            # what needs no language model, in minutes
    make bench-answers MODEL=1    # also what does, on a sample of 60, in hours
    sanad eval run --system bm25 --out RUN && sanad eval compare OTHER RUN
"""

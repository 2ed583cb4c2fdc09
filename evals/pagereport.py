"""The page about how the chat comes over a slow line: `docs/page.md`."""

from collections.abc import Mapping, Sequence

from evals.pagespeed import CACHES, LINES, MEASURES, Line, Visit, spread
from evals.runfolder import Environment
from evals.table import markdown

_HEAD = """# The chat over a slow line

Written by `make bench-page`; what is edited here is lost.

A headless Chromium with the screen of a telephone opens the chat of a real `sanad serve` over the
index of the corpus, without a language model and without its cache of answers, and asks one
question, {rounds} times for each row. The line is one that Chrome's DevTools imitate: {lines}.
`cold` is a first visit, `warm` one more with the same browser. Medians, with least and most.
{former}
"""

_FORMER = """
`before` is Sanad as it was before its page was put together for such lines, visited by turns with
today's in the same run.
"""

_LEGEND = """- Nothing but the line is slow: server and browser share one machine, and what they say
  to each other goes over HTTP/1.1, six connections at a time, as it does without a proxy in front.
  Behind one that speaks HTTP/2 all files can be asked for at once.
- Bytes are those on the wire, compressed and with their headers. What the page loads later, while
  somebody types, is not among them.
- First paint is Chromium's *first contentful paint*. The question can be typed once the page's
  script has run, and with it everything else works.
- Times after asking begin with the press of the Enter key, which comes as soon as the question can
  be typed: whoever thinks longer finds more of the page loaded.
"""


def page(
    visits: Sequence[Visit],
    questions: Mapping[str, str],
    where: Environment,
    *,
    day: str,
    commit: str | None,
) -> str:
    """The page: how it was measured, a table for each line and language, and where."""
    versions = list(dict.fromkeys(visit.version for visit in visits))
    known = {line.name: line for line in LINES}
    lines = [known[name] for name in dict.fromkeys(visit.line for visit in visits)]
    rounds = len(visits) // (len(versions) * len(lines) * len(questions) * len(CACHES))
    head = _HEAD.format(
        rounds=rounds,
        lines="; ".join(map(_told, lines)),
        former=_FORMER if len(versions) > 1 else "",
    )
    tables = [
        f"## {line.name}, {language}\n\n> {question}\n\n{_table(visits, line, language, versions)}"
        for line in lines
        for language, question in questions.items()
    ]
    place = (
        f"{day}, commit {commit or 'unknown'}, {where.machine},"
        f" Python {where.python}, playwright {where.packages.get('playwright', '?')}."
    )
    parts = [head, *tables, _LEGEND, "## Where it was measured", place]
    return "\n".join(f"{part.strip(chr(10))}\n" for part in parts)


def _told(line: Line) -> str:
    kilobits = [speed * 8 / 1000 for speed in (line.down, line.up)]
    return (
        f"*{line.name}*, {line.latency:,.0f} ms before each response,"
        f" {kilobits[0]:,.0f} kbit/s down and {kilobits[1]:,.0f} up"
    )


def _table(visits: Sequence[Visit], line: Line, language: str, versions: Sequence[str]) -> str:
    columns = [(cache, version) for cache in CACHES for version in versions]
    chosen = [one for one in visits if (one.line, one.language) == (line.name, language)]
    rows = []
    for measure, name in MEASURES.items():
        cells = [
            _cell(
                [
                    one.measured[measure]
                    for one in chosen
                    if (one.cache, one.version) == (cache, version)
                ]
            )
            for cache, version in columns
        ]
        rows.append([name, *cells])
    titles = [f"{cache}, {version}" if len(versions) > 1 else cache for cache, version in columns]
    return markdown(["", *titles], rows)


def _cell(values: Sequence[float]) -> str:
    found = spread(values)
    if found.least == found.most and found.median.is_integer():
        return f"{found.median:.0f}"
    return f"{found.median:.1f} ({found.least:.1f}–{found.most:.1f})"

"""The page about how soon written answers begin and end: `docs/stream.md`."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Final

from assistant.settings import Settings
from assistant.verify import HELD_BACK
from evals.metrics import percentile
from evals.runfolder import Environment
from evals.streamspeed import WAYS, Told
from evals.table import markdown

MOMENTS: Final[Mapping[str, str]] = {
    "first citation": "first_citation",
    "first token": "first_token",
    "first sentence": "first_sentence",
    "last sentence": "last_sentence",
    "answer": "answer",
}
_LANGUAGES: Final[Mapping[str, str]] = {"fr": "French", "ar": "Arabic", "en": "English"}
_HEAD = """# While a model writes

Written by `make bench-stream`; what is edited here is lost.

{n} dev questions that Sanad answers, languages in proportion, each asked three times by turns:
answered with quotes; drafted by {model}, whose process is started for this one question
(*cold*: what it reads from the disk is in memory already); drafted when it has answered another
question before (*warm*). Seconds since the question was asked, but for the first token, which
counts from the request to the model: median (least to 95th percentile).
"""
_LEGEND = """- Citations come with the words that they quote, before the model is asked: from then
  on the answer can be read. The first sentence is the first that verification admits; it is of the
  model, or a quote where the model was given up.
- `written` counts answers in which drafts stayed, `too slow` those in which the model failed or
  overstepped its limits ({first:g} s to the first word, {stall:g} s between two, {total:g} s in
  all) and `unproven` those in which less than half was admitted: both are answered with quotes.
  The rest had no evidence in the language of the answer, and no model was asked.
- Tokens are those that the model's server counted: medians.
"""


def page(
    told: Sequence[Told],
    model: str,
    settings: Settings,
    where: Environment,
    *,
    day: str,
    commit: str | None,
) -> str:
    """The page: what was asked of whom, the times of all and by language, and where."""
    asked = [one for one in told if one.way == "quotes"]
    languages = [name for name in _LANGUAGES if any(one.language == name for one in asked)]
    place = (
        f"{day}, commit {commit or 'unknown'}, {where.machine},"
        f" {settings.llm_threads} threads, Python {where.python},"
        f" xllamacpp {where.packages.get('xllamacpp', '?')}."
    )
    parts = [
        _HEAD.format(n=len(asked), model=model),
        _times(told),
        _outcomes(told),
        _LEGEND.format(
            first=settings.llm_first, stall=settings.llm_stall, total=settings.llm_timeout
        ),
        *(
            f"## In {_LANGUAGES[name]}\n\n{_times([one for one in told if one.language == name])}"
            for name in languages
        ),
        "## Where it was measured",
        place,
    ]
    return "\n".join(f"{part.strip(chr(10))}\n" for part in parts)


def _times(told: Sequence[Told]) -> str:
    rows = []
    for way in WAYS:
        chosen = [one for one in told if one.way == way]
        cells = [_cell([getattr(one, field) for one in chosen]) for field in MOMENTS.values()]
        rows.append([way, str(len(chosen)), *cells])
    return markdown(["", "n", *MOMENTS], rows)


def _outcomes(told: Sequence[Told]) -> str:
    rows = []
    for way in WAYS[1:]:
        chosen = [one for one in told if one.way == way]
        counts = [
            sum(one.written for one in chosen),
            *(sum(one.held_back == why for one in chosen) for why in HELD_BACK),
        ]
        tokens = ([one.prompt_tokens for one in chosen], [one.output_tokens for one in chosen])
        rows.append([way, *map(str, counts), *map(_tokens, tokens)])
    return markdown(["", "written", "too slow", "unproven", "prompt tokens", "output tokens"], rows)


def _cell(values: Sequence[float | None]) -> str:
    known = [value / 1000 for value in values if value is not None]
    if not known:
        return "-"
    return f"{median(known):.2f} ({min(known):.2f} to {percentile(known, 95):.2f})"


def _tokens(values: Sequence[int | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{median(known):.0f}" if known else "-"

"""A finished run, read whole from its folder."""

from dataclasses import dataclass
from typing import Literal

from evals.runfolder import (
    RESULTS,
    SUMMARY,
    Config,
    Environment,
    RunFolder,
    RunMismatchError,
    Timing,
)
from evals.score import Result
from evals.summary import ALL, Summary

Verdict = Literal["right", "partly", "withheld", "wrong"]
VERDICTS: tuple[Verdict, ...] = ("right", "partly", "withheld", "wrong")


@dataclass(frozen=True, slots=True)
class Measured:
    """All that a run left behind; `name` is its folder as the caller wrote it."""

    name: str
    config: Config
    environment: Environment
    summary: Summary
    results: tuple[Result, ...]
    timings: tuple[Timing, ...]


def read_measured(folder: RunFolder) -> Measured:
    """Read a run; raises PathMissingError for one that did not finish, else RunMismatchError.

    The summary must tell of as many questions as there are, or it is not theirs.
    """
    summary, results = folder.summary(), folder.results()
    told = summary.groups[ALL].n if ALL in summary.groups else 0
    if not results or told != len(results):
        raise RunMismatchError(
            f"{folder.path}: {SUMMARY} tells of {told} questions, {RESULTS} holds {len(results)}; "
            "run `sanad eval run --out` with this folder again"
        )
    return Measured(
        name=str(folder.path),
        config=folder.config(),
        environment=folder.environment(),
        summary=summary,
        results=results,
        timings=folder.timings(),
    )


def verdict(result: Result) -> Verdict:
    """The steps of `crag` in words; an error is wrong."""
    crag = result.scores.crag
    if crag == 1:
        return "right"
    if crag > 0:
        return "partly"
    return "withheld" if crag == 0 else "wrong"

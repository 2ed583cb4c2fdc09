"""`sanad eval load`: how many people at once can be answered, against what bare encoding allows."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import sleep
from typing import Annotated

import httpx2
import typer

from api.commands.output import JsonOption, console, print_json, progress
from assistant.assistant import open_configured_embedder
from assistant.question import Question
from assistant.settings import load_settings
from evals.gold import read_gold
from evals.loadspeed import Round, measure_round
from ingest.errors import SanadError

_START = 120.0
_PAUSE = 0.1


class ServiceAwayError(SanadError):
    """The service that was to be measured did not come up, or went away."""

    code = "service_away"
    exit_code = 10


def load_speed(
    users: Annotated[int, typer.Option(min=1, max=500, help="People who ask at a time.")] = 50,
    seconds: Annotated[float, typer.Option(min=1, max=600, help="Time of each round.")] = 20,
    rounds: Annotated[int, typer.Option(min=1, max=100, help="Rounds; the first warms up.")] = 3,
    *,
    url: Annotated[
        str | None, typer.Option(help="Ask the Sanad that serves there instead of one started.")
    ] = None,
    gold: Annotated[Path, typer.Option(help="Whose questions are asked.")] = Path(
        "evals/gold/dev.jsonl"
    ),
    as_json: JsonOption = False,
) -> None:
    """Ask as many people would, and encode the same questions alone, in turns.

    The service runs in a process of its own, without a language model and without remembering
    answers, for a cache would make any figure look good.
    """
    questions = [
        Question(question=item.question, history=item.history) for item in read_gold(gold).items
    ]
    embedder = open_configured_embedder(load_settings())
    measured: list[Round] = []
    with progress() as report, service(url) as address:
        for number in range(rounds + 1):
            report("asking", number, rounds + 1)
            one = measure_round(address, embedder, questions, users, seconds if number else 2)
            measured += [one] if number else []
    if as_json:
        print_json(measured)
    else:
        console().print("\n".join(_lines(measured)), markup=False)


def _lines(rounds: Sequence[Round]) -> list[str]:
    loads = [one.load for one in rounds]
    found = {
        "answers a second": [load.rate for load in loads],
        "encoded a second, one by one": [one.one_by_one for one in rounds],
        "encoded a second, batched": [one.batched for one in rounds],
        "= answers / encoded one by one": [one.load.rate / one.one_by_one for one in rounds],
        "= answers / encoded batched": [one.load.rate / one.batched for one in rounds],
        "answer p50, ms": [load.median for load in loads],
        "answer p95, ms": [load.p95 for load in loads],
    }
    answers, shed, errors = (
        sum(counts)
        for counts in zip(*((len(one.times), one.shed, one.errors) for one in loads), strict=True)
    )
    head = f"{loads[0].users} users, {len(rounds)} rounds, {answers} answers, {shed} sent away"
    return [
        f"{head} (429), {errors} errors",
        *(
            f"  {name:<32}median {median(values):8.2f}, min {min(values):8.2f},"
            f" max {max(values):8.2f}"
            for name, values in found.items()
        ),
    ]


@contextmanager
def service(url: str | None) -> Iterator[str]:
    """The address given, or that of a service which lives for as long as it is needed."""
    if url:
        yield url
        return
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = subprocess.Popen(  # noqa: S603  (this program)
        [sys.executable, "-c", "from api.cli import main; main()", "serve", "--port", str(port)],
        env={**os.environ, "SANAD_LLM": "none", "SANAD_ANSWER_CACHE": "0"},
        stdout=subprocess.DEVNULL,
    )
    try:
        yield _when_ready(process, f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait()


def _when_ready(process: "subprocess.Popen[bytes]", address: str) -> str:
    waited = 0.0
    while waited < _START and process.poll() is None:
        try:
            httpx2.get(f"{address}/readyz").raise_for_status()
        except httpx2.HTTPError:
            sleep(_PAUSE)
            waited += _PAUSE
        else:
            return address
    raise ServiceAwayError(
        f"The service did not answer on {address}; run `sanad serve` to see why."
    )

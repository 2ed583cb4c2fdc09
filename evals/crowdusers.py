"""The crowd as locust runs it: `locust -f` reads this file, in a process of its own.

CROWD_PLAN is the file of the plan, CROWD_JOURNAL the one into which every request is noted. Under
locust `time.sleep` lets the others go on.
"""

import os
import time
from functools import cache
from itertools import count
from pathlib import Path
from typing import TextIO

from locust import FastHttpUser, task

from evals.crowd import Met, Person, Plan, Reply

_HEADERS = {"Content-Type": "application/json", "Connection": "close"}
"""Somebody who thinks for ten seconds has lost the connection by the next question."""


class Somebody(FastHttpUser):
    """Person after person; locust starts them, waits and counts."""

    network_timeout = 60.0
    connection_timeout = 60.0
    _numbers = count()

    def on_start(self) -> None:
        """Become the next person of the plan."""
        self._person = Person(next(self._numbers), _plan(), self._send, time.sleep, _note)

    def wait_time(self) -> float:
        """Seconds to think."""
        return self._person.think()

    @task
    def visit(self) -> None:
        """One question, with all that follows from it."""
        self._person.visit()

    def _send(self, path: str, body: bytes) -> Reply:
        with self.client.post(
            path, data=body.decode(), headers=_HEADERS, catch_response=True
        ) as response:
            status = response.status_code
            broken = status < 400 and response.request_meta["exception"] is not None
            if broken or not response.headers:
                return Reply(status)
            wait = response.headers.get("Retry-After")
            return Reply(status, response.content or b"", float(wait) if wait else None)


@cache
def _plan() -> Plan:
    return Plan.model_validate_json(Path(os.environ["CROWD_PLAN"]).read_text(encoding="utf-8"))


@cache
def _journal() -> TextIO:
    return Path(os.environ["CROWD_JOURNAL"]).open("a", encoding="utf-8", buffering=1)


def _note(met: Met) -> None:
    _journal().write(f"{met.model_dump_json()}\n")

"""What README.md and docs/programs.md show runs as it stands there."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from fastapi import FastAPI

from api.app import create_app
from api.prose import prose
from assistant.answer import Answer
from assistant.assistant import Assistant
from tests.api.test_mcp import PROGRAM
from tests.conftest import REPOSITORY
from tests.misbehaviour import DELAY, DELAY_AR

ADDRESS = "localhost:8000"
ASKED = {"Qui achète le zellige marocain ?": DELAY, "ما هي منصة TijarIA؟": DELAY_AR}
PAGES = ("README.md", "docs/programs.md")
STARTED = 'StdioServerParameters(command="sanad", args=["mcp"])'


def shown(pattern: str) -> list[str]:
    texts = [(REPOSITORY / page).read_text(encoding="utf-8") for page in PAGES]
    return [
        found for text in texts for found in re.findall(pattern, text, re.DOTALL | re.MULTILINE)
    ]


SNIPPETS = shown(r"^```python\n(.*?)^```")
CURLS = [line for line in shown(r"^    (curl [^\n]+)") if ADDRESS in line]


@pytest.fixture(scope="module")
def address(
    sanad: Assistant, serving: Callable[[FastAPI], AbstractContextManager[str]]
) -> Iterator[str]:
    """Where the small corpus answers, as the pages write an address."""
    with serving(create_app(sanad)) as url:
        yield url.removeprefix("http://")


def here(text: str, address: str) -> str:
    """The same where the test serves, with questions that its corpus answers."""
    for question, ours in ASKED.items():
        text = text.replace(question, ours)
    return text.replace(ADDRESS, address)


def python(program: str, **variables: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **variables},
        cwd=REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def question_of(snippet: str) -> str:
    [question] = [ours for question, ours in ASKED.items() if question in snippet]
    return question


@pytest.mark.parametrize("snippet", [one for one in SNIPPETS if ADDRESS in one])
def test_python_over_http(address: str, sanad: Assistant, snippet: str) -> None:
    told = python(here(snippet, address))
    answer = sanad.ask(question_of(snippet))
    assert answer.sentences[0].text in told
    assert "[1]" in told
    if "message.content" in snippet:
        assert told == f"{prose(answer)}\n{answer.citations[0].quote}\n"
    if "stream=True" in snippet:
        assert told == f"{prose(answer)}\n{answer.status} {len(answer.citations)}\n"


@pytest.mark.parametrize("snippet", [one for one in SNIPPETS if STARTED in one])
def test_python_over_mcp(trade_index: Path, tmp_path: Path, sanad: Assistant, snippet: str) -> None:
    environment = {
        "PYTHONPATH": str(REPOSITORY),
        "SANAD_LLM": "none",
        "SANAD_INDEX": str(trade_index),
        "SANAD_MODELS": str(tmp_path),
    }
    started = (
        f"StdioServerParameters(command={sys.executable!r}, args=['-c', {PROGRAM!r}], "
        f"env={environment!r})"
    )
    told = python(here(snippet.replace(STARTED, started), ""))
    assert told == f"{prose(sanad.ask(question_of(snippet)))}\nTrue\n"


def test_every_snippet_is_run_by_a_test() -> None:
    rest = [one for one in SNIPPETS if ADDRESS not in one and STARTED not in one]
    assert len(rest) == 1
    assert "assistant.langchain" in rest[0]  # tests/assistant/test_langchain.py
    assert len(SNIPPETS) == 5
    assert len(CURLS) == 6


@pytest.mark.parametrize("line", CURLS)
def test_curl(address: str, sanad: Assistant, line: str) -> None:
    curl = shutil.which("curl")
    if curl is None:
        if os.environ.get("CI"):
            pytest.fail("the examples need curl; install Debian's package `curl`")
        pytest.skip("no curl here; install Debian's package `curl`")
    arguments = [here(word, address) for word in shlex.split(line)[1:]]
    done = subprocess.run(
        [curl, "--fail", "--noproxy", "*", *arguments],
        capture_output=True, text=True, check=False, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    if "-sN" in arguments:
        assert_told(done.stdout, sanad.ask(question_of(line)))
        return
    body = json.loads(done.stdout)
    if "/v1/ask" in line:
        assert Answer.model_validate(body).sentences == sanad.ask(question_of(line)).sentences
    elif "/v1/chat" in line:
        assert body["choices"][0]["message"]["content"] == prose(sanad.ask(question_of(line)))
    else:
        assert body["hits"] if "/v1/search" in line else body["data"]


def assert_told(stream: str, answer: Answer) -> None:
    """Every sentence is in the stream, and its end."""
    for sentence in answer.sentences:
        assert json.dumps(sentence.text, ensure_ascii=False)[1:-1] in stream
    assert "event: answer" in stream or stream.endswith("data: [DONE]\n\n")

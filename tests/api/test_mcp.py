"""`sanad mcp`, asked by the official client: in this process, and in one of its own."""

import asyncio
import io
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from mcp import Client, StdioServerParameters, stdio_client
from mcp.types import CallToolResult, TextContent

from api.generations import Serving
from api.mcp import mcp_server
from api.prose import prose
from assistant.answer import Answer
from assistant.assistant import Assistant
from assistant.compose import Composer, ExtractiveComposer
from assistant.state import Draft, State
from tests.api.command import Run
from tests.assistant.invariants import assert_sound
from tests.conftest import REPOSITORY
from tests.misbehaviour import DELAY, DELAY_AR, SALES

Call = Callable[..., CallToolResult]
_T = TypeVar("_T")

TOOLS = {"search", "ask", "get_document", "list_procedures"}
PROGRAM = """
import sys
from tests.fakes import FakeEmbedder
import assistant.assistant

class Noisy(FakeEmbedder):
    def embed_queries(self, texts):
        print("a library that talks")
        print("and one in C", file=sys.__stdout__, flush=True)
        return super().embed_queries(texts)

embedder = Noisy(dimension=256, common=0.78)
assistant.assistant.open_configured_embedder = lambda settings: embedder
from api.cli import main
sys.argv = ["sanad", "mcp"]
main()
"""


def with_client(server: Any, work: Callable[[Client], Awaitable[_T]]) -> _T:  # noqa: ANN401
    async def session() -> _T:
        async with Client(server) as client:
            return await work(client)

    return asyncio.run(session())


@pytest.fixture
def call(sanad: Assistant) -> Call:
    """Calls one tool of a server in this process."""
    server = mcp_server(Serving(sanad, remembered=8))

    def called(tool: str, **arguments: object) -> CallToolResult:
        return with_client(server, lambda client: client.call_tool(tool, arguments))

    return called


def text_of(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


def test_there_are_four_tools_and_all_of_them_only_read(sanad: Assistant) -> None:
    server = mcp_server(Serving(sanad, remembered=0))
    listed = with_client(server, lambda client: client.list_tools()).tools
    assert {tool.name for tool in listed} == TOOLS
    for tool in listed:
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint is True
        assert tool.annotations.destructive_hint is False
        assert tool.annotations.open_world_hint is False
        assert tool.input_schema["additionalProperties"] is False
        assert tool.title
        assert tool.description
        assert tool.output_schema is not None
        assert tool.output_schema["type"] == "object"


def test_nothing_but_tools_is_offered(sanad: Assistant) -> None:
    async def offered(client: Client) -> tuple[int, ...]:
        return (
            len((await client.list_resources()).resources),
            len((await client.list_resource_templates()).resource_templates),
            len((await client.list_prompts()).prompts),
        )

    assert with_client(mcp_server(Serving(sanad, remembered=0)), offered) == (0, 0, 0)


@pytest.mark.parametrize(
    ("question", "language"),
    [(DELAY, "fr"), (DELAY_AR, "ar"), (SALES, "fr"), ("بشحال رخصة زيت الزيتون ديالنا؟", "ary")],
)
def test_an_answer_is_the_same_as_elsewhere(
    call: Call, sanad: Assistant, question: str, language: str
) -> None:
    result = call("ask", question=question)
    answer = Answer.model_validate(result.structured_content)
    assert_sound(answer, sanad.store)
    assert answer.language == language
    assert answer.sentences == sanad.ask(question).sentences
    assert text_of(result) == prose(answer)


def test_a_refusal_is_an_answer_and_no_error(call: Call) -> None:
    result = call("ask", question="comment frauder la douane ?")
    assert not result.is_error
    assert Answer.model_validate(result.structured_content).status == "refused"


def test_a_question_brings_its_day_its_history_and_who_asks(call: Call) -> None:
    result = call(
        "ask",
        question="et le prix ?",
        history=[{"role": "user", "content": DELAY}, {"role": "assistant", "content": "10 jours."}],
        as_of="2026-05-01",
        profile={"region": "Fès"},
        language="ar",
    )
    answer = Answer.model_validate(result.structured_content)
    assert answer.language == "ar"
    assert answer.status in {"answered", "partial"}


@pytest.mark.parametrize("query", ["huile d'olive", "زيت الزيتون"])
def test_passages_are_found_with_their_place(call: Call, sanad: Assistant, query: str) -> None:
    found: Any = call("search", query=query, k=3).structured_content
    assert len(found["hits"]) == 3
    for hit in found["hits"]:
        text = sanad.store.document(hit["document_id"]).text
        assert text[hit["start"] : hit["end"]] == hit["quote"]


@pytest.mark.parametrize("document_id", ["olive-permit.fr", "olive-permit.ar"])
def test_a_document_is_read_in_stretches(call: Call, sanad: Assistant, document_id: str) -> None:
    whole = sanad.store.document(document_id).text
    read, start = "", 0
    while start < len(whole):
        stretch: Any = call(
            "get_document", document_id=document_id, start=start, length=50
        ).structured_content
        assert stretch["text"] == whole[stretch["start"] : stretch["end"]]
        assert stretch["length"] == len(whole)
        read, start = read + stretch["text"], stretch["end"]
    assert read == whole
    beyond: Any = call("get_document", document_id=document_id, start=10**6).structured_content
    assert (beyond["text"], beyond["start"], beyond["end"]) == ("", len(whole), len(whole))


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_procedures_are_listed_and_can_be_read(call: Call, language: str) -> None:
    listed: Any = call("list_procedures", language=language).structured_content
    assert listed["total"] == len(listed["procedures"]) > 0
    for procedure in listed["procedures"]:
        assert procedure["language"] == language
        assert not call("get_document", document_id=procedure["id"]).is_error


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("ask", {"question": "؟!"}, "question_empty: "),
        ("ask", {"question": "safran\u0000 ?"}, "question_not_text: "),
        (
            "ask",
            {"question": DELAY, "history": [{"role": "user", "content": "safran ?"}] * 9},
            "history_too_long: ",
        ),
        ("get_document", {"document_id": "nothing"}, "document_missing: "),
        ("ask", {"question": "s" * 1_001}, "request_invalid: question: "),
        ("ask", {}, "request_invalid: question: "),
        ("ask", {"question": DELAY, "language": "es"}, "request_invalid: language: "),
        ("ask", {"question": DELAY, "langage": "ar"}, "request_invalid: langage: "),
        ("search", {"query": "safran", "k": 0}, "request_invalid: k: "),
        ("list_procedures", {"language": "ary"}, "request_invalid: language: "),
        ("delete_document", {"document_id": "olive-permit.fr"}, "Unknown tool: delete_document"),
    ],
)
def test_errors_are_told_with_their_code(
    call: Call, tool: str, arguments: dict[str, Any], said: str
) -> None:
    result = call(tool, **arguments)
    assert result.is_error
    assert text_of(result).startswith(said)
    assert "Traceback" not in text_of(result)


def test_a_bug_is_told_to_the_operator_alone(
    with_composer: Callable[[Composer], Assistant], caplog: pytest.LogCaptureFixture
) -> None:
    class Failing(ExtractiveComposer):
        def drafts(self, state: State) -> tuple[Draft, ...]:
            raise KeyError("secret")

    server = mcp_server(Serving(with_composer(Failing()), remembered=0))
    result = with_client(server, lambda client: client.call_tool("ask", {"question": DELAY}))
    assert result.is_error
    assert text_of(result) == "Error executing tool ask"
    assert "secret" in caplog.text


@pytest.fixture
def environment(trade_index: Path, tmp_path: Path) -> dict[str, str]:
    """What the process of its own finds."""
    return {
        "PYTHONPATH": str(REPOSITORY),
        "SANAD_LLM": "none",
        "SANAD_INDEX": str(trade_index),
        "SANAD_MODELS": str(tmp_path),
    }


@pytest.fixture
def errors(tmp_path: Path) -> Iterator[io.TextIOWrapper]:
    """Where its standard error goes."""
    with (tmp_path / "errors").open("w+", encoding="utf-8") as file:
        yield file


def test_a_process_of_its_own_serves_the_official_client(
    environment: dict[str, str], errors: io.TextIOWrapper, sanad: Assistant
) -> None:
    parameters = StdioServerParameters(
        command=sys.executable, args=["-c", PROGRAM], env=environment, cwd=REPOSITORY
    )

    async def work(client: Client) -> tuple[set[str], list[CallToolResult]]:
        names = {tool.name for tool in (await client.list_tools()).tools}
        asked = [await client.call_tool("ask", {"question": q}) for q in (DELAY, DELAY_AR)]
        return names, [*asked, await client.call_tool("search", {"query": "safran"})]

    names, results = with_client(stdio_client(parameters, errlog=errors), work)
    assert names == TOOLS
    assert not any(result.is_error for result in results)
    for question, result in zip((DELAY, DELAY_AR), results[:2], strict=True):
        answer = Answer.model_validate(result.structured_content)
        assert answer.sentences == sanad.ask(question).sentences


def test_standard_output_carries_the_protocol_and_nothing_else(
    environment: dict[str, str],
) -> None:
    messages: list[dict[str, Any]] = [
        {"id": 1, "method": "initialize", "params": {
            "protocolVersion": "2025-06-18", "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"}}},
        {"method": "notifications/initialized"},
        {"id": 2, "method": "tools/call", "params": {
            "name": "ask", "arguments": {"question": DELAY_AR}}},
        {"id": 3, "method": "tools/call", "params": {
            "name": "get_document", "arguments": {"document_id": "nothing"}}},
    ]  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, **environment},
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        answered = {}
        for message in messages:
            process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
            process.stdin.flush()
            if "id" in message:
                reply = json.loads(process.stdout.readline())
                answered[reply["id"]] = reply["result"]
        process.stdin.close()
        rest, told = process.stdout.read(), process.stderr.read().decode()
    assert process.returncode == 0
    assert rest == b""
    assert answered[2]["structuredContent"]["language"] == "ar"
    assert answered[3]["isError"]
    assert "a library that talks" in told
    assert "and one in C" in told
    assert "Traceback" not in told
    assert DELAY_AR not in told


def test_without_the_sdk_the_command_names_the_remedy(
    served: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "mcp.server.mcpserver", None)
    monkeypatch.delitem(sys.modules, "api.mcp", raising=False)
    ran = served("mcp")
    assert ran.code == 2
    assert "pip install 'sanad[mcp]'" in ran.err
    assert ran.out == ""

"""The description of the interface: checked in, complete, and named for people."""

import json
import re
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from api import problems, routes
from api.commands.openapi import description
from ingest.errors import SanadError
from tests.api.command import Run
from tests.conftest import REPOSITORY

FILE = REPOSITORY / "docs" / "openapi.json"
SCHEMA: dict[str, Any] = json.loads(description())


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in SCHEMA["paths"].items():
        for method, operation in item.items():
            yield method.upper(), path, operation


EVERY = [pytest.param(*one, id=f"{one[0]} {one[1]}") for one in operations()]


def known(kind: type[SanadError]) -> Iterator[str]:
    yield kind.code
    for below in kind.__subclasses__():
        yield from known(below)


def test_what_is_checked_in_is_what_is_served(run: Run, client: TestClient) -> None:
    assert FILE.read_text(encoding="utf-8") == description(), (
        "docs/openapi.json is stale; run `sanad openapi --out docs/openapi.json` and read the diff"
    )
    assert client.get("/openapi.json").json() == SCHEMA
    assert json.loads(run("openapi").out) == SCHEMA


def test_a_file_that_cannot_be_written_is_told(run: Run) -> None:
    ran = run("openapi", "--out", REPOSITORY / "no-such-folder" / "openapi.json")
    assert ran.code == 7
    assert "no-such-folder" in ran.err


def test_it_is_openapi_3_1_with_both_ways_to_be_known() -> None:
    assert SCHEMA["openapi"].startswith("3.1.")
    schemes = SCHEMA["components"]["securitySchemes"]
    assert schemes["key"]["scheme"] == "bearer"
    assert schemes["session"]["in"] == "cookie"


def test_operations_have_names_of_their_own() -> None:
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in names)


@pytest.mark.parametrize(("method", "path", "operation"), EVERY)
def test_every_operation_is_described(method: str, path: str, operation: dict[str, Any]) -> None:
    assert operation["description"]
    [tag] = operation["tags"]
    assert tag in {one["name"] for one in SCHEMA["tags"]}
    for status, response in operation["responses"].items():
        assert response["description"], status
        if status >= "4":
            assert list(response["content"]) == ["application/problem+json"]
    if path.startswith("/v1/"):
        assert {"401", "422", "429", "500"} <= operation["responses"].keys()
    if "requestBody" in operation:
        assert {"400", "413"} <= operation["responses"].keys()
    if "security" in operation:
        assert {"401", "403"} <= operation["responses"].keys()


@pytest.mark.parametrize(("method", "path", "operation"), EVERY)
def test_codes_that_are_named_exist(method: str, path: str, operation: dict[str, Any]) -> None:
    codes = {*known(SanadError), *problems.CODES}
    for status, response in operation["responses"].items():
        named = (
            set(re.findall(r"`([a-z_]+)`:", response["description"])) if status >= "4" else set()
        )
        assert named <= codes


def test_a_stream_is_described_with_its_events() -> None:
    response = SCHEMA["paths"]["/v1/ask/stream"]["post"]["responses"]["200"]
    assert "text/event-stream" in response["content"]
    for kind in ("status", "citations", "sentence", "answer", "error"):
        assert f"`{kind}`" in response["description"]


def test_every_module_of_routes_is_in_it() -> None:
    told = {(method, path) for method, path, _ in operations()}
    checked = 0
    for module in iter_modules(routes.__path__):
        for route in import_module(f"api.routes.{module.name}").router.routes:
            if isinstance(route, APIRoute) and route.include_in_schema:
                path = route.path.replace(":path}", "}")
                assert {(method, path) for method in route.methods or ()} <= told
                checked += 1
    assert checked == len(told)

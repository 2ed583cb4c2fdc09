import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.yamltext import Value, read_yaml


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("a: no", {"a": "no"}),
        ("a: 2026-11-21", {"a": "2026-11-21"}),
        ("a: 1.10", {"a": "1.10"}),
        ("a:\nb: null\nc: ''", {"a": None, "b": None, "c": ""}),
        ("a: Titre : suite", {"a": "Titre : suite"}),
        ("a: عنوان: تتمة", {"a": "عنوان: تتمة"}),
        ("a:\n  - Quoi : ceci ?\n  - b", {"a": ["Quoi : ceci ?", "b"]}),
        ("- id: x\n  t: y : z", [{"id": "x", "t": "y : z"}]),
        ("a: {b: c, d: [e, f]}", {"a": {"b": "c", "d": ["e", "f"]}}),
        ('a: "cité : ainsi"', {"a": "cité : ainsi"}),
        ("a: b # remarque", {"a": "b"}),
        ("", None),
    ],
)
def test_values_stay_text(text: str, data: Value) -> None:
    read = read_yaml(text, file="f")
    assert read.data == data
    assert read.problems == ()


def test_lines() -> None:
    read = read_yaml("a: 1\nb:\n  - c\n  - d: 2\n", file="f", first_line=10)
    assert read.line(("a",)) == 10
    assert read.line(("b", 1, "d")) == 13
    assert read.line(("b", 1, "nothing")) == 13


@pytest.mark.parametrize(("text", "line"), [("a: 1\na: 2", 2), ("a: [1\nb: 2", 2), ("a: {b\n", 2)])
def test_mistakes_have_lines(text: str, line: int) -> None:
    problems = read_yaml(text, file="f").problems
    assert [(problem.rule, problem.line) for problem in problems] == [("yaml", line)]


@given(st.text(max_size=200))
def test_no_text_raises(text: str) -> None:
    read = read_yaml(text, file="f")
    assert read.problems or read.lines or read.data is None

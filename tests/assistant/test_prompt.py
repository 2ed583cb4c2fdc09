"""A prompt is known by its words: all of them, those behind the evidence too."""

from dataclasses import replace
from string import Formatter

import pytest

from assistant.prompt import load_prompt


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("answer.v1", {"language", "question", "evidence", "mark"}),
        ("rewrite.v1", {"conversation", "mark"}),
    ],
)
def test_what_changes_with_a_request_stands_in_the_task_alone(name: str, fields: set[str]) -> None:
    prompt = load_prompt(name)
    assert {field for _, field, _, _ in Formatter().parse(prompt.task) if field} == fields
    assert prompt.text
    assert prompt.told == f"{name} {prompt.digest}"


def test_any_other_word_is_another_prompt() -> None:
    prompt = load_prompt("answer.v1")
    others = [
        replace(prompt, text=f"{prompt.text} "),
        replace(prompt, task=f"{prompt.task} ؟"),
        replace(prompt, text=prompt.text + prompt.task, task=""),
    ]
    assert len({prompt.digest, *(other.digest for other in others)}) == 4

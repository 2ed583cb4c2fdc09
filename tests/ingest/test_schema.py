"""What pydantic refused, told in one line."""

import pytest
from pydantic import TypeAdapter, ValidationError

from ingest.schema import Translated, reason

SHEETS = TypeAdapter(dict[str, Translated])


@pytest.mark.parametrize(
    ("text", "whole", "start"),
    [
        ('{"أجل": {"fr": "délai", "ar": ""}}', "", "أجل.ar: "),
        ('{"a": {"fr": "a", "ar": "b", "en": "c", "de": "d"}}', "the file", "a.de: "),
        ("{", "the file", "the file: Invalid JSON"),
        ("{", "", "Invalid JSON"),
    ],
)
def test_the_first_reason_stands_behind_its_place(text: str, whole: str, start: str) -> None:
    with pytest.raises(ValidationError) as refused:
        SHEETS.validate_json(text)
    assert reason(refused.value, whole).startswith(start)
    assert "\n" not in reason(refused.value, whole)

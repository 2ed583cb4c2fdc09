"""Consent: given in so many words; a 1, a "yes" or nothing at all is none."""

from typing import Annotated, Literal

from pydantic import BeforeValidator


def _given(value: object) -> object:
    if value is not True:
        raise ValueError("must be true: without consent nothing is kept")
    return value


Consent = Annotated[Literal[True], BeforeValidator(_given)]

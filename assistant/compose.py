"""Eighth step: drafts of the answer, by whichever composer the settings chose."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

from assistant.answer import ComposerName, Engine
from assistant.state import Draft, State
from assistant.verify import quotes


class Composer(Protocol):
    """Writes drafts from the evidence of a state; nothing it writes leaves unverified.

    `prompt` is id and hash of the prompt that a language model is given.
    """

    name: ComposerName
    model: str | None
    prompt: str | None

    def drafts(self, state: State) -> Iterable[Draft]:
        """Drafts in reading order; may be lazy and may raise LanguageModelError."""
        ...


class ExtractiveComposer:
    """Quotes every piece of evidence once. Always there, and it cannot say anything untrue."""

    name: ComposerName = "extractive"
    model: str | None = None
    prompt: str | None = None

    def drafts(self, state: State) -> Iterable[Draft]:
        """One draft per piece of evidence."""
        return quotes(state.evidence)


class Compose:
    """Starts the composer and records it; the sentences are drawn by the next step."""

    name = "compose"

    def __init__(self, composer: Composer, generation: str) -> None:
        self._composer = composer
        self._generation = generation

    def run(self, state: State) -> State:
        """Fill `drafts` and `engine`."""
        engine = Engine(
            composer=self._composer.name,
            model=self._composer.model,
            generation=self._generation,
            prompt=self._composer.prompt,
        )
        return replace(state, drafts=self._composer.drafts(state), engine=engine)

"""A composer that says one sentence and then fails."""

from collections.abc import Iterator

from assistant.compose import ExtractiveComposer
from assistant.state import Draft, State
from assistant.verify import quotes


class Faltering(ExtractiveComposer):
    """Quotes the first piece of evidence, then raises `error`."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def drafts(self, state: State) -> Iterator[Draft]:
        yield quotes(state.evidence)[0]
        raise self._error

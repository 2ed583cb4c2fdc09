"""Discretion: identifiers that somebody writes are neither kept nor sent on, and they are told."""

from collections.abc import Iterable
from dataclasses import replace

from assistant.identifiers import Identifier, IdentifierKind, find_identifiers
from assistant.phrases import Phrases
from assistant.state import State

_PUBLISHED: frozenset[IdentifierKind] = frozenset({"phone", "email"})
"""Kinds that documents hold as well, so that somebody may ask whose it is."""


class Discretion:
    """Tells who asks which of their identifiers stand in the question, and does without them.

    No document knows somebody's identity card or account: searched with it, a question that has an
    answer finds none. Telephone numbers and mail addresses are searched, in this process and
    without being kept; each place that keeps a question, writes it down or sends it on masks all.
    """

    name = "discretion"

    def __init__(self, phrases: Phrases) -> None:
        self._phrases = phrases

    def run(self, state: State) -> State:
        """Add the notice, and leave out of `text` and `standalone` what nobody can answer."""
        found = find_identifiers(state.text)
        if not found:
            return state
        text = _without(state.text, (one for one in found if one.kind not in _PUBLISHED))
        kinds = dict.fromkeys(one.kind for one in found)
        told = (self._phrases.say(f"identifier.{kind}", state.language) for kind in kinds)
        comma = "، " if state.language in {"ar", "ary"} else ", "
        notice = self._phrases.notice(
            "personal_data_hidden", state.language, kinds=comma.join(told)
        )
        return replace(state, text=text, standalone=text, notices=(*state.notices, notice))


def _without(text: str, identifiers: Iterable[Identifier]) -> str:
    """The text without them, as it is if nothing else stands in it."""
    parts: list[str] = []
    position = 0
    for one in identifiers:
        parts.append(text[position : one.start])
        position = one.end
    rest = " ".join("".join([*parts, text[position:]]).split())
    return rest if any(character.isalpha() for character in rest) else text

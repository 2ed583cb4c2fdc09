"""Second step: a follow-up becomes a question that stands alone."""

import re
from dataclasses import replace
from importlib.resources import files

import yaml

from assistant.lexicon import Lexicon
from assistant.normalise import visible
from assistant.phrases import Phrases
from assistant.question import QUESTION_LIMIT
from assistant.state import State
from ingest.fold import fold

_SHORT = 2
_WORD = re.compile(r"\w[\w'-]*")


class Rewrite:
    """Puts the previous question in front of a follow-up, and says so in a notice.

    Only the last question of the user is used: more turns blur the search, and what the assistant
    said earlier is not evidence. A question that opens no follow-up is left alone, so that a new
    topic is not coloured by the old one; so is one that follows something longer than a question.
    """

    name = "rewrite"

    def __init__(self, openings: Lexicon, references: Lexicon, phrases: Phrases) -> None:
        self._openings = openings
        self._references = references
        self._phrases = phrases

    @classmethod
    def load(cls, phrases: Phrases) -> "Rewrite":
        """The words shipped with the assistant."""
        data = yaml.safe_load(files("assistant").joinpath("rewrite.yaml").read_text("utf-8"))
        return cls(Lexicon(data["openings"]), Lexicon(data["references"]), phrases)

    def run(self, state: State) -> State:
        """Fill `standalone`."""
        turns = reversed(state.question.history)
        previous = next((visible(turn.content) for turn in turns if turn.role == "user"), "")
        if not 0 < len(previous) <= QUESTION_LIMIT or not self._follows(fold(state.text)):
            return state
        standalone = f"{previous} {state.text}"
        notice = self._phrases.notice("rewritten", state.language, question=standalone)
        return replace(state, standalone=standalone, notices=(*state.notices, notice))

    def _follows(self, folded: str) -> bool:
        words = _WORD.findall(folded)
        return (
            self._openings.found_in(" ".join(words[:3]))
            or self._references.found_in(folded)
            or len(words) <= _SHORT
        )

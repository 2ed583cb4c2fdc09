"""Prompts are files with an id; the hash of what was sent can be shown and compared."""

import hashlib
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Prompt:
    """A versioned system prompt: `id` names the file, `digest` its content."""

    id: str
    text: str

    @property
    def digest(self) -> str:
        """First twelve hex digits of the sha256 of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:12]


def load_prompt(prompt_id: str) -> Prompt:
    """The prompt shipped as `prompts/<id>.txt`."""
    path = files("assistant").joinpath("prompts", f"{prompt_id}.txt")
    return Prompt(prompt_id, path.read_text(encoding="utf-8"))

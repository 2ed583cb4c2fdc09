"""Prompts are files with an id; the hash of what was sent can be shown and compared."""

import hashlib
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Prompt:
    """A versioned prompt: `id` names its files, `digest` their content.

    `text` never changes from one request to the next, so that a server may remember having read it;
    `task` comes behind it, with fields in braces for what a request is about.
    """

    id: str
    text: str
    task: str = ""

    @property
    def digest(self) -> str:
        """First twelve hex digits of the sha256 of text and task."""
        return hashlib.sha256(f"{self.text}\0{self.task}".encode()).hexdigest()[:12]

    @property
    def told(self) -> str:
        """How answers and runs name it."""
        return f"{self.id} {self.digest}"


def load_prompt(prompt_id: str) -> Prompt:
    """The prompt shipped as `prompts/<id>.txt` and `prompts/<id>.task.txt`."""
    folder = files("assistant").joinpath("prompts")
    text, task = (
        folder.joinpath(f"{prompt_id}.{ending}").read_text(encoding="utf-8")
        for ending in ("txt", "task.txt")
    )
    return Prompt(prompt_id, text, task.rstrip("\n"))

"""The words and rules that are shipped with the assistant, one YAML file for each step."""

from importlib.resources import files
from typing import Any

import yaml


def shipped(name: str) -> Any:  # noqa: ANN401  (each file has a shape of its own)
    """What the file `name` of this package holds.

    libyaml reads all of them in a tenth of the time that PyYAML's own parser takes, which would be
    a third of the start of an answer in the shell.
    """
    text = files("assistant").joinpath(name).read_text(encoding="utf-8")
    return yaml.load(text, Loader=yaml.CSafeLoader)

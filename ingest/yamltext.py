"""YAML as people write it by hand: every scalar is text, every value knows its line.

Read through the node tree rather than the loader: `no`, `1.10` and `2026-11-21` stay the words
that were typed, a key given twice is an error instead of silently winning, and no object is ever
constructed. A plain value runs to the end of its line, so a French title may hold " : ".
"""

import json
import re
from dataclasses import dataclass
from typing import TypeAlias

import yaml

from ingest.problem import Problem

Value: TypeAlias = "str | list[Value] | dict[str, Value] | None"
Path = tuple[str | int, ...]

_LEAD = r"(?P<lead>\s*(?:- +)?[A-Za-z_]\w*: +|\s*- +(?![A-Za-z_]\w*:(?:\s|$)))"
_FREE_TEXT = re.compile(_LEAD + r"(?P<text>[^\s\"'\[\]{}|>&*!#%@`-].*: .*)")


@dataclass(frozen=True, slots=True)
class YamlText:
    """The data of a YAML text, the file line of each value by its path, and what was wrong."""

    data: Value
    lines: dict[Path, int]
    problems: tuple[Problem, ...]

    def line(self, path: Path) -> int:
        """The line of the value at `path`, or of the nearest one above it that exists."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_yaml(text: str, *, file: str, first_line: int = 1) -> YamlText:
    """Read `text`, whose first line is line `first_line` of `file`; never raises for bad YAML."""
    try:
        node = yaml.compose(_quoted(text), Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        return YamlText(None, {(): first_line}, (_syntax_problem(error, file, first_line),))
    reader = _Reader(file, first_line)
    data = None if node is None else reader.value(node, ())
    return YamlText(data, reader.lines, tuple(reader.problems))


def _quoted(text: str) -> str:
    return "\n".join(_quoted_line(line) for line in text.split("\n"))


def _quoted_line(line: str) -> str:
    match = _FREE_TEXT.fullmatch(line.rstrip())
    if match is None:
        return line
    return match["lead"] + json.dumps(match["text"], ensure_ascii=False)


def _syntax_problem(error: yaml.YAMLError, file: str, first_line: int) -> Problem:
    mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
    what = error.problem if isinstance(error, yaml.MarkedYAMLError) else str(error)
    line = first_line + (mark.line if mark else 0)
    return Problem(file, line, "yaml", f"this is not YAML ({what}); put the value in quotes")


class _Reader:
    """Turns nodes into plain data and notes the line of each."""

    def __init__(self, file: str, first_line: int) -> None:
        self._file = file
        self._first_line = first_line
        self.lines: dict[Path, int] = {}
        self.problems: list[Problem] = []

    def value(self, node: yaml.Node, path: Path) -> Value:
        self.lines[path] = self._line(node)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, at)) for at, item in enumerate(node.value)]
        return self._scalar(node) if isinstance(node, yaml.ScalarNode) else None

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Value]:
        data: dict[str, Value] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in data:
                message = f"the key {key!r} stands twice; keep one"
                self.problems.append(Problem(self._file, self._line(key_node), "yaml", message))
            data[key] = self.value(value_node, (*path, key))
            self.lines[(*path, key)] = self._line(key_node)
        return data

    def _scalar(self, node: yaml.ScalarNode) -> str | None:
        is_null = node.style is None and node.value in {"", "~", "null"}
        return None if is_null else str(node.value)

    def _line(self, node: yaml.Node) -> int:
        return self._first_line + int(node.start_mark.line)

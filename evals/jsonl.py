"""JSON lines as typed rows: a file is read whole and right, or refused at the line to correct."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from ingest.errors import DatasetError
from ingest.schema import reason
from ingest.textlines import read_lines


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


_Row = TypeVar("_Row", bound=BaseModel)
_Named = TypeVar("_Named", bound=_HasId)


def read_jsonl(path: Path, model: type[_Row]) -> Iterator[tuple[int, _Row]]:
    """Line numbers, from 1, and rows of a UTF-8 file with one JSON object a line.

    Blank lines are skipped. Raises PathMissingError when there is no such file, DatasetError
    naming file, line and field when a line is not a `model`.
    """
    for number, line in read_lines(path):
        try:
            yield number, model.model_validate_json(line)
        except ValidationError as error:
            raise DatasetError(f"{path}:{number}: {reason(error)}; correct this line") from error


def distinct(
    path: Path, rows: Iterable[tuple[int, _Named]], what: str | None = None, *, field: str = "id"
) -> Iterator[tuple[int, _Named]]:
    """The numbered rows of a file as they come, no two of one id.

    Raises DatasetError naming file, line and `field` for an id that occurs twice and, where `what`
    says of what there must be at least one, for no row.
    """
    seen: set[str] = set()
    for line, row in rows:
        if row.id in seen:
            raise DatasetError(
                f"{path}:{line}: {field}: {row.id!r} occurs twice; rename one of them"
            )
        seen.add(row.id)
        yield line, row
    if what and not seen:
        raise DatasetError(f"{path}:1: holds no {what}; give a file with one a line")

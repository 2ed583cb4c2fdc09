"""Text lines: a UTF-8 file line by line, each with the number by which an editor finds it."""

from collections.abc import Iterator
from pathlib import Path

from ingest.errors import DatasetError, PathMissingError


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Line numbers, from 1, and lines that are not blank, without their line ends.

    Only newlines end a line: the other separators of Unicode may stand inside a JSON string.
    Raises PathMissingError or, for bytes that are not UTF-8, DatasetError.
    """
    if not path.is_file():
        raise PathMissingError(f"{path} does not exist or is not a file; check the path")
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            try:
                line = raw.decode("utf-8-sig").rstrip("\r\n")
            except UnicodeDecodeError as error:
                raise DatasetError(f"{path}:{number}: is not UTF-8; save it as UTF-8") from error
            if line.strip():
                yield number, line

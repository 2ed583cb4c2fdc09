"""Schema: what a hand-written YAML file of the corpus may hold, and how a breach is reported."""

from collections.abc import Callable
from pathlib import Path as FilePath
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from ingest.errors import CorpusError, PathMissingError
from ingest.problem import Problem, listing
from ingest.yamltext import Path, YamlText, read_yaml

SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"

Slug = Annotated[str, StringConstraints(pattern=rf"^{SLUG}$")]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class Matter(BaseModel):
    """The raw content of an entry; an unknown key is refused, for it is a typing error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Translated(Matter):
    """One text in the three languages of the corpus."""

    fr: Text
    ar: Text
    en: Text


MatterT = TypeVar("MatterT", bound=Matter)
_Entries = TypeVar("_Entries")


def load_entries(
    path: FilePath, usual: str, read_entries: Callable[[YamlText, list[Problem]], _Entries]
) -> _Entries:
    """What `read_entries` makes of one file; `usual` is the name such a file has in a corpus.

    Raises `PathMissingError` when there is no such file and `CorpusError`, listing every problem,
    when it breaks its schema.
    """
    if not path.is_file():
        raise PathMissingError(f"{path} is not a file; give one such as {usual}")
    read = read_yaml(path.read_text(encoding="utf-8-sig"), file=path.name)
    problems = list(read.problems)
    entries = read_entries(read, problems)
    if problems:
        raise CorpusError(f"{path} cannot be used; correct:\n{listing(problems)}")
    return entries


def validated(
    model: type[MatterT],
    data: object,
    *,
    read: YamlText,
    file: str,
    path: Path = (),
    problems: list[Problem],
) -> MatterT | None:
    """`data`, found at `path`, as `model`; None with the reasons added to `problems` otherwise."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problems += schema_problems(error, read, file, path)
        return None


def schema_problems(
    error: ValidationError, read: YamlText, file: str, prefix: Path = ()
) -> list[Problem]:
    """What pydantic refused, each with the line it stands on."""
    return [
        Problem(
            file,
            read.line((*prefix, *item["loc"])),
            "schema",
            _told(item, "value"),
        )
        for item in error.errors(include_url=False)
    ]


def reason(error: ValidationError, whole: str = "") -> str:
    """The first thing that pydantic refused, behind its place.

    `whole` names the place when that is everything, as with text that is not JSON.
    """
    return _told(error.errors(include_url=False)[0], whole)


def _told(item: ErrorDetails, whole: str) -> str:
    place = ".".join(str(part) for part in item["loc"]) or whole
    return f"{place}: {item['msg']}" if place else item["msg"]

"""Any questions with their answers, as gold: what an evaluator brings, asked of any index.

JSON lines, or CSV with the same columns:

id        names the question
question  what is asked
answers   what a right answer says, any of them, parted by `|` in CSV; none: cannot be answered.
          `answer` holds just one
document  optional: the id, or the family, of the document that answers
language  optional: fr, ar, en, ary or ary-latn; detected when it is not given

Further fields are left alone.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, get_args

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, model_validator

from assistant.answer import ANSWERING, Status
from assistant.question import Language
from evals.gold import Fact, Gold, GoldItem
from evals.jsonl import distinct, read_jsonl
from evals.score import Library
from ingest.errors import DatasetError
from ingest.figures import find_figures
from ingest.language import detect
from ingest.schema import reason
from ingest.spreadsheet import read_csv

_ANSWERED: tuple[Status, ...] = ("answered", "partial", "conflict")
_WITHHELD: tuple[Status, ...] = tuple(s for s in get_args(Status) if s not in ANSWERING)
_Words = Annotated[str, StringConstraints(pattern=r"\w", strip_whitespace=True)]


class Pair(BaseModel):
    """A question and the answers that are right; without any, it cannot be answered."""

    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True)

    id: Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
    question: _Words
    answers: tuple[_Words, ...]
    document: str | None = None
    language: Language | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_answer(cls, values: object) -> object:
        if isinstance(values, dict) and "answers" not in values and "answer" in values:
            only = values["answer"]
            return {**values, "answers": [] if only is None or only == "" else [only]}
        return values


def read_qa(path: Path, library: Library) -> Gold:
    """Read questions and answers as gold; the documents they name must be in the library.

    Raises PathMissingError, or DatasetError naming file and line for a broken line, a missing
    field, a repeated id, an unknown document, and a file without questions.
    """
    rows = _csv(path) if path.suffix.lower() in {".csv", ".tsv"} else read_jsonl(path, Pair)
    items = (
        (line, _item(pair, _family(pair, library, f"{path}:{line}")))
        for line, pair in distinct(path, rows, "question")
    )
    return Gold.of(path, items)


def _csv(path: Path) -> Iterator[tuple[int, Pair]]:
    for line, cells in read_csv(path, ("id", "question")):
        values: dict[str, object] = {key: value for key, value in cells.items() if value.strip()}
        if "answers" in cells:
            parts = (part.strip() for part in cells["answers"].split("|"))
            values["answers"] = [part for part in parts if part]
        elif "answer" in cells:
            values["answer"] = cells["answer"].strip()
        try:
            yield line, Pair.model_validate(values)
        except ValidationError as error:
            raise DatasetError(f"{path}:{line}: {reason(error)}; correct this row") from error


def _family(pair: Pair, library: Library, place: str) -> str | None:
    if not pair.document:
        return None
    if pair.document in library.families:
        return pair.document
    document = library.document(pair.document)
    if document is None:
        raise DatasetError(
            f"{place}: document: the index holds no {pair.document!r}; `sanad search` shows the "
            "ids that it holds"
        )
    return document.family


def _item(pair: Pair, family: str | None) -> GoldItem:
    is_figure = all(_is_figure(answer) for answer in pair.answers)
    fact = Fact(type="number" if is_figure else "text", any=pair.answers) if pair.answers else None
    return GoldItem(
        id=pair.id,
        language=pair.language or detect(pair.question).language,
        question=pair.question,
        kind="lookup" if fact else "unanswerable",
        expect=_ANSWERED if fact else _WITHHELD,
        best="answered" if fact else "unanswerable",
        facts=(fact,) if fact else (),
        sheets=(family,) if family else (),
    )


def _is_figure(text: str) -> bool:
    return [(figure.start, figure.end) for figure in find_figures(text)] == [(0, len(text))]

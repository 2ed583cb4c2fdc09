"""Asked: what people type when they want a statement, in words that the statement does not use.

`<id>.asked.yaml` stands beside the variants of a sheet and holds, under the anchor of a statement,
questions by language. They are found, never quoted: an answer shows the statement.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from pydantic import TypeAdapter, ValidationError

from ingest.document import Document
from ingest.problem import Problem
from ingest.schema import Matter, Text, schema_problems
from ingest.yamltext import YamlText, read_yaml

SUFFIX = ".asked.yaml"


class AskedMatter(Matter):
    """Questions that one statement answers, as they are typed in each language and script."""

    fr: tuple[Text, ...] = ()
    ar: tuple[Text, ...] = ()
    en: tuple[Text, ...] = ()
    ary: tuple[Text, ...] = ()
    ary_latn: tuple[Text, ...] = ()

    def of(self, language: str) -> tuple[str, ...]:
        """The questions that belong to a variant: Darija belongs to the Arabic one."""
        spoken = {"fr": self.fr, "en": self.en, "ar": self.ar + self.ary + self.ary_latn}
        return spoken.get(language, ())


_ADAPTER = TypeAdapter(dict[str, AskedMatter])


def read_asked(
    text: str, *, file: str, problems: list[Problem]
) -> tuple[dict[str, AskedMatter], YamlText]:
    """The questions of one file by anchor; what is wrong is added to `problems`."""
    read = read_yaml(text, file=file)
    problems += read.problems
    try:
        return _ADAPTER.validate_python(read.data or {}), read
    except ValidationError as error:
        problems += schema_problems(error, read, file)
        return {}, read


def family_of(file: str) -> str:
    """The sheet that a file of questions belongs to."""
    return PurePosixPath(file).name.removesuffix(SUFFIX)


def with_questions(document: Document, asked: Mapping[str, AskedMatter]) -> Document:
    """The document with the questions of its language at its statements."""
    return replace(
        document,
        statements=tuple(
            replace(statement, questions=asked[statement.anchor].of(document.language))
            if statement.anchor in asked
            else statement
            for statement in document.statements
        ),
    )


def misplaced(
    documents: Iterable[Document], asked: Mapping[str, AskedMatter], read: YamlText, file: str
) -> list[Problem]:
    """Questions at anchors that no variant of the sheet has, and files without a sheet."""
    shelf = list(documents)
    anchors = {statement.anchor for document in shelf for statement in document.statements}
    if not shelf:
        return [Problem(file, 1, "asked", f"there is no sheet {family_of(file)}")]
    return [
        Problem(file, read.line((anchor,)), "asked", f"the sheet has no statement {anchor}")
        for anchor in asked
        if anchor not in anchors
    ]

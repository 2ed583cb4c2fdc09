"""Transcripts: what Sanad answers to a fixed list of questions, as a page that people read."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from importlib.resources import files
from pathlib import Path

import yaml
from pydantic import TypeAdapter, ValidationError

from assistant.answer import Answer, Citation, Handoff
from assistant.question import Question
from ingest.errors import DatasetError, PathMissingError
from ingest.schema import reason

_QUESTIONS = TypeAdapter(tuple[Question, ...])
_MARKS = re.compile(r"([\\`*_<>\[\]|#])")
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_HEAD = """# Answers

Written by `sanad eval transcripts`; what is edited here is lost. {count} questions as if asked on
{day}, answered by the {composer} composer over generation `{generation}`.
"""


def own_questions() -> Path:
    """The questions shipped with the evaluation."""
    return Path(str(files("evals").joinpath("transcripts.yaml")))


def read_questions(path: Path) -> tuple[Question, ...]:
    """The questions of a YAML list; raises PathMissingError or DatasetError."""
    try:
        return _QUESTIONS.validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise PathMissingError(f"{path} does not exist; give a YAML list of questions.") from error
    except (ValidationError, yaml.YAMLError) as error:
        told = reason(error) if isinstance(error, ValidationError) else str(error)
        raise DatasetError(f"{path}: {told}; each entry is a body of POST /v1/ask") from error


def page(asked: Sequence[tuple[Question, Answer]], day: date) -> str:
    """The page; raises nothing and shows no time, so that equal answers give equal bytes."""
    engine = asked[0][1].engine
    parts = [
        _HEAD.format(
            count=len(asked),
            day=day.isoformat(),
            composer=engine.composer,
            generation=engine.generation,
        )
    ]
    parts += [
        transcript(number, question, answer)
        for number, (question, answer) in enumerate(asked, start=1)
    ]
    return "\n".join(parts)


def transcript(number: int, question: Question, answer: Answer) -> str:
    """One question with its answer as Markdown; Arabic stands in right-to-left blocks."""
    outcome = f"{answer.status}: {answer.reason}" if answer.reason else answer.status
    lines = [f"## {number}. {outcome}, {answer.language}", ""]
    for turn in question.history:
        lines += _block(f"> {turn.role}: {_plain(turn.content)}", turn.content)
    lines += _block(f"> **{_plain(question.question)}**", question.question)
    lines += _block("\n".join(_said(answer)), answer.text)
    for conflict in answer.conflicts:
        sides = (
            f"- {_plain(p.value)} {_numbers(p.citations)}".rstrip() for p in conflict.positions
        )
        lines += _block("\n".join([_plain(conflict.subject), "", *sides]), conflict.subject)
    lines += _list(["Sources:", *_sources(answer.citations)] if answer.citations else [])
    for notice in answer.notices:
        lines += _block(f"*{_plain(notice.text)}*", notice.text)
    if answer.handoff:
        lines += _block("\n".join(_handoff(answer.handoff)), answer.handoff.why)
    return "\n".join(lines)


def _said(answer: Answer) -> Iterator[str]:
    """The lines before the sentences, then each sentence with the numbers of its proof."""
    lead = answer.text.split("\n")[: -len(answer.sentences) or None]
    for line in lead:
        yield from (_plain(line), "")
    for place, sentence in enumerate(answer.sentences, start=1):
        yield f"{place}. {_plain(sentence.text)} {_numbers(sentence.citations)}"


def _sources(citations: Sequence[Citation]) -> Iterator[str]:
    """Each source of each document once, behind the numbers of what was taken from it."""
    numbers: dict[str, list[int]] = {}
    for citation in citations:
        told = (citation.title, citation.publisher, citation.source_date)
        words = " · ".join(_plain(part) for part in told if part)
        place = f"<{citation.url}>" if citation.url else citation.document_id
        numbers.setdefault(f"\u2068{words}\u2069 · {place}", []).append(citation.n)
    for source, taken in numbers.items():
        yield f"- {_numbers(taken)} {source}"


def _handoff(handoff: Handoff) -> Iterator[str]:
    yield f"**{_plain(handoff.body)}**: {_plain(handoff.why)}"
    if handoff.contacts:
        yield ""
    for contact in handoff.contacts:
        yield f"- {contact.kind}: \u2066{_plain(contact.value)}\u2069 ({_plain(contact.source)})"


def _numbers(numbers: Sequence[int]) -> str:
    return "".join(f"\\[{n}\\]" for n in numbers)


def _list(lines: Sequence[str]) -> list[str]:
    return [lines[0], "", *lines[1:], ""] if lines else []


def _block(markdown: str, words: str) -> list[str]:
    """Markdown, marked as right to left where most letters of `words` are Arabic."""
    letters = [letter for letter in words if letter.isalpha()]
    if 2 * sum(map(bool, map(_ARABIC.match, letters))) <= len(letters):
        return [markdown, ""]
    return ['<div dir="rtl">', "", markdown, "", "</div>", ""]


def _plain(text: str) -> str:
    """Words that Markdown shows as they are."""
    return _MARKS.sub(r"\\\1", text)

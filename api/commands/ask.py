"""`sanad ask`: one question, one proven answer, in the shell."""

from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console

from api.commands.options import IndexOption
from api.commands.output import JsonOption, console, print_json
from assistant.answer import Answer, Engine
from assistant.assistant import open_assistant
from assistant.question import Question
from assistant.settings import load_settings


def ask(
    question: Annotated[str, typer.Argument(help="The question, in any of the languages.")],
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Ask what held on this day.")
    ] = None,
    index: IndexOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Answer one question, with the words that prove it."""
    asked = Question(question=question, as_of=as_of.date() if as_of else None)
    with open_assistant(load_settings(index=index)) as sanad:
        answer = sanad.ask(asked)
    if as_json:
        print_json(answer)
    else:
        show(answer, console())


def show(answer: Answer, out: Console) -> None:
    """Print an answer for a person: text, disagreements, sources, notices, who can help."""
    out.print(answer.text, markup=False)
    for conflict in answer.conflicts:
        out.print(f"\n≠ {conflict.subject}", markup=False)
        for position in conflict.positions:
            marks = "".join(f"[{n}]" for n in position.citations)
            out.print(f"  · {position.value} {marks}", markup=False)
    if answer.citations:
        out.print()
    for citation in answer.citations:
        source = ", ".join(
            part for part in (citation.publisher, citation.source_date or "—", citation.url) if part
        )
        place = " › ".join(part for part in (citation.document_id, citation.section) if part)
        out.print(f"[{citation.n}] {place} · {source}", markup=False)
        out.print(f"    « {citation.quote} »", markup=False)
    for notice in answer.notices:
        out.print(f"! {notice.text}", markup=False)
    if answer.handoff:
        contacts = ", ".join(f"{c.kind} {c.value}" for c in answer.handoff.contacts)
        out.print(
            f"→ {answer.handoff.body}. {answer.handoff.why} {contacts}".rstrip(), markup=False
        )
    engine = answer.engine
    out.print(
        f"({answer.status}, {_writer(engine)}, {engine.generation}, "
        f"{answer.timings_ms['total']:.0f} ms)",
        markup=False,
        style="dim",
    )


def _writer(engine: Engine) -> str:
    return f"{engine.composer} {engine.model}" if engine.composer == "llm" else engine.composer

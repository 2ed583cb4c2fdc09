"""The access table: role by endpoint, enforced by the tests and printed into docs/access.md."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.conftest import REPOSITORY

Role = Literal["public", "agent", "evaluator", "admin"]
EVERYBODY: tuple[Role, ...] = ("public", "agent", "evaluator", "admin")
ADMINS: tuple[Role, ...] = ("admin",)
AGENTS: tuple[Role, ...] = ("agent", "admin")
EVALUATORS: tuple[Role, ...] = ("evaluator", "admin")
READERS: tuple[Role, ...] = ("agent", "evaluator", "admin")

PAGE = REPOSITORY / "docs" / "access.md"
COMMAND = ".venv/bin/python -m tests.api.accesstable"


@dataclass(frozen=True)
class Row:
    """Who may call one endpoint; `note` is what else it takes."""

    method: str
    path: str
    roles: tuple[Role, ...]
    note: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


TICKET = "the asker, with the secret of the ticket"
TOKEN = "the asker, with the token of the conversation"
ROWS = (
    Row("GET", "/", EVERYBODY),
    Row("GET", "/pages", EVERYBODY, "files of the pages"),
    Row("GET", "/openapi.json", EVERYBODY),
    Row("GET", "/healthz", EVERYBODY),
    Row("GET", "/readyz", EVERYBODY),
    Row("GET", "/metrics", ADMINS, "and whoever asks from this machine, without a proxy"),
    Row("POST", "/v1/ask", EVERYBODY),
    Row("POST", "/v1/ask/stream", EVERYBODY),
    Row("POST", "/v1/chat/completions", EVERYBODY),
    Row("GET", "/v1/models", EVERYBODY),
    Row("GET", "/v1/models/{model}", EVERYBODY),
    Row("GET", "/v1/search", EVERYBODY),
    Row("GET", "/v1/documents", EVERYBODY),
    Row("GET", "/v1/documents/{document_id:path}", EVERYBODY),
    Row("GET", "/v1/procedures", EVERYBODY),
    Row("GET", "/v1/procedures/{document_id:path}", EVERYBODY),
    Row("GET", "/v1/directory", EVERYBODY),
    Row("GET", "/v1/catalogue", EVERYBODY),
    Row("POST", "/v1/feedback", EVERYBODY),
    Row("GET", "/v1/feedback", READERS),
    Row("POST", "/v1/handoffs", EVERYBODY, "with consent"),
    Row("GET", "/v1/handoffs/{handoff_id}", EVERYBODY, TICKET),
    Row("GET", "/v1/handoffs", AGENTS),
    Row("GET", "/v1/handoffs/{handoff_id}/record", AGENTS),
    Row("POST", "/v1/handoffs/{handoff_id}/reply", AGENTS),
    Row("POST", "/v1/handoffs/{handoff_id}/close", AGENTS),
    Row("POST", "/v1/gold-proposals", AGENTS),
    Row("POST", "/v1/conversations", EVERYBODY, "with consent"),
    Row("GET", "/v1/conversations", EVERYBODY, "for how long they are kept"),
    Row("GET", "/v1/conversations/current", EVERYBODY, TOKEN),
    Row("DELETE", "/v1/conversations/current", EVERYBODY, TOKEN),
    Row("POST", "/v1/shares", EVERYBODY, "with consent"),
    Row("GET", "/v1/shares/current", EVERYBODY, "whoever has the token of the link"),
    Row("DELETE", "/v1/shares/current", EVERYBODY, "who made the link, with its key"),
    Row("DELETE", "/v1/shares/linked", AGENTS, "with the token of the link"),
    Row("GET", "/v1/suggestions", EVERYBODY),
    Row("GET", "/v1/choices", EVERYBODY),
    Row("GET", "/v1/gaps", READERS),
    Row("GET", "/v1/gaps/clusters", READERS),
    Row("GET", "/v1/gaps/draft", READERS),
    Row("GET", "/v1/evaluation/runs", EVALUATORS),
    Row("GET", "/v1/evaluation/report", EVALUATORS),
    Row("GET", "/v1/evaluation/questions", EVALUATORS),
    Row("GET", "/v1/evaluation/comparison", EVALUATORS),
    Row("GET", "/v1/evaluation/pairs", EVALUATORS),
    Row("GET", "/v1/evaluation/verdicts", EVALUATORS),
    Row("POST", "/v1/evaluation/verdicts", EVALUATORS),
    Row("GET", "/evals", EVERYBODY, "the page of the evaluators; who is not signed in signs in"),
    Row("GET", "/v1/audit", ADMINS),
    Row("GET", "/v1/session", EVERYBODY),
    Row("POST", "/v1/session", EVERYBODY, "with name and password, from the pages of the desks"),
    Row("DELETE", "/v1/session", EVERYBODY, "ends the caller's own session"),
    Row("GET", "/desk", EVERYBODY, "who is not signed in is led to sign in; it holds no records"),
    Row("GET", "/styleguide", EVERYBODY, "where a setting shows it; elsewhere there is none"),
    Row("GET", "/styleguide/{file}", EVERYBODY, "files of that page"),
    Row("GET", "/sign-in", EVERYBODY),
    Row("POST", "/sign-in", EVERYBODY, "from the page's own form"),
    Row("POST", "/sign-out", EVERYBODY, "from the page's own form"),
    Row("GET", "/sign-in/oidc", EVERYBODY, "where an issuer is set up"),
    Row("GET", "/sign-in/oidc/back", EVERYBODY, "from the issuer, by who was sent there"),
)

INTRODUCTION = f"""\
# Who may do what

<!-- Written by `{COMMAND}` from the table that tests/api/access/test_access_table.py enforces. -->

Four roles. What is *public* is everybody's, and a key may be public too: it then only counts by
itself. An *agent* answers hand-offs, an *evaluator* reads what went wrong, an *admin* may do what
both may, and sees the audit log. Nobody has access until `sanad users add` or `sanad keys add` gave
it, or `SANAD_OIDC_ISSUER` names who vouches for people; until then the staff side says so, on
loopback too. In a session every change also needs its token, see ADR 0031.
"""


def lines() -> Iterator[str]:
    """The page, line by line."""
    yield INTRODUCTION
    yield f"| | endpoint | {' | '.join(EVERYBODY)} | |"
    yield f"|---|---|{':-:|' * len(EVERYBODY)}---|"
    for row in ROWS:
        marks = " | ".join("yes" if role in row.roles else "·" for role in EVERYBODY)
        path = row.path.replace(":path", "")
        yield f"| {row.method} | `{path}` | {marks} | {row.note} |"


def markdown() -> str:
    """The page."""
    return "\n".join(lines()) + "\n"


def write(page: Path = PAGE) -> None:
    """Write the page anew."""
    page.write_text(markdown(), encoding="utf-8")


if __name__ == "__main__":
    write()

"""`sanad keys`: API keys, by which programs are known."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

import typer

from api.access.names import fold
from api.commands.output import JsonOption, console, print_json
from api.commands.records import changing, reading
from api.memory import keys
from api.memory.keys import Key

app = typer.Typer(help="API keys of programs: add, list, revoke.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="What uses the key, as the audit log will name it.")]
RoleOption = Annotated[
    Literal["public", "agent", "evaluator", "admin"],
    typer.Option("--role", help="public opens nothing: it only has a limit of its own."),
]
Days = Annotated[int, typer.Option("--days", min=1, max=3_650, help="How long it counts.")]


@app.command("add")
def add(name: Name, role: RoleOption, days: Days = 365, *, as_json: JsonOption = False) -> None:
    """Make a key and show it, this once."""
    name = fold(name)
    with changing("keys add", f"{name} as {role} for {days} days") as (session, now):
        expires = now + timedelta(days=days)
        key = keys.add(session, name=name, role=role, expires=expires, now=now)
    if as_json:
        print_json({"name": name, "role": role, "expires": _day(expires), "key": key})
        return
    typer.echo(f"The key of {name}, until {expires:%Y-%m-%d}; it is not shown again:", err=True)
    typer.echo(key)


@app.command("list")
def list_keys(*, as_json: JsonOption = False) -> None:
    """Show all keys by name, never themselves."""
    with reading() as session:
        found = keys.listed(session)
    if as_json:
        print_json([_row(key) for key in found])
        return
    for key in found:
        until = f"until {key.expires:%Y-%m-%d}" if key.expires else "for ever"
        console().print(f"{key.name}  {key.role}  {_state(key)}  {until}", markup=False)


@app.command("revoke")
def revoke(name: Name, *, as_json: JsonOption = False) -> None:
    """End a key for good."""
    name = fold(name)
    with changing("keys revoke", name) as (session, now):
        keys.revoke(session, name, now=now)
    if as_json:
        print_json({"name": name, "state": "revoked"})
    else:
        console().print(f"the key {name} counts no more", markup=False)


def _row(key: Key) -> dict[str, object]:
    return {
        "name": key.name,
        "role": key.role,
        "state": _state(key),
        "created": _day(key.created),
        "expires": _day(key.expires),
    }


def _state(key: Key) -> str:
    if key.revoked:
        return "revoked"
    return "expired" if key.expires and key.expires <= datetime.now(UTC) else "active"


def _day(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None

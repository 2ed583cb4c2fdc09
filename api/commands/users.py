"""`sanad users`: who may work on the staff side."""

import sys
from typing import Annotated, Literal

import typer

from api.access.names import fold
from api.access.oidc import PREFIX
from api.access.passwords import Passwords, check_strength
from api.commands.output import JsonOption, console, print_json
from api.commands.records import changing, reading
from api.memory import attempts, users
from api.memory.users import User
from ingest.errors import InputError, RecordMissingError

app = typer.Typer(
    help="People of the staff side: add, list, disable, enable, password, role.",
    no_args_is_help=True,
)

StaffRole = Literal["agent", "evaluator", "admin"]
Name = Annotated[str, typer.Argument(help="Letters, digits and . _ - @; capitals do not count.")]
RoleOption = Annotated[
    StaffRole, typer.Option("--role", help="agent: hand-offs; evaluator: gaps; admin: all.")
]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read it from standard input, its first line.")
]


@app.command("add")
def add(
    name: Name, role: RoleOption, *, password_stdin: FromStdin = False, as_json: JsonOption = False
) -> None:
    """Give somebody access; asks for the password twice."""
    name = fold(name)
    password_hash = _password(name, from_stdin=password_stdin)
    with changing("users add", f"{name} as {role}") as (session, now):
        user = users.add(session, name=name, role=role, password_hash=password_hash, now=now)
    _tell(user, f"{name} may sign in as {role}", as_json=as_json)


@app.command("list")
def list_users(*, as_json: JsonOption = False) -> None:
    """Show everybody who ever had access."""
    with reading() as session:
        found = users.listed(session)
    if as_json:
        print_json([_row(user) for user in found])
        return
    for user in found:
        state = "disabled" if user.disabled else "active"
        console().print(
            f"{user.name}  {user.role}  {state}  since {user.created:%Y-%m-%d}", markup=False
        )


@app.command("disable")
def disable(name: Name, *, as_json: JsonOption = False) -> None:
    """Take the access away, and end all sign-ins."""
    name = _known(name)
    with changing("users disable", name) as (session, _):
        users.disable(session, name)
        user = _found(users.find(session, name))
    _tell(user, f"{name} may no longer sign in", as_json=as_json)


@app.command("enable")
def enable(name: Name, *, as_json: JsonOption = False) -> None:
    """Give the access back, and forget failed attempts."""
    name = _known(name)
    with changing("users enable", name) as (session, _):
        users.enable(session, name)
        attempts.succeeded(session, f"user:{name}")
        user = _found(users.find(session, name))
    _tell(user, f"{name} may sign in again", as_json=as_json)


@app.command("password")
def password(name: Name, *, password_stdin: FromStdin = False, as_json: JsonOption = False) -> None:
    """Set another password, and end all sign-ins."""
    if name.startswith(PREFIX):
        raise InputError(f"{name} signs in at the issuer, and has no password here.")
    name = fold(name)
    with reading() as session:
        _found(users.find(session, name))
    password_hash = _password(name, from_stdin=password_stdin)
    with changing("users password", name) as (session, _):
        users.set_password(session, name, password_hash=password_hash)
        attempts.succeeded(session, f"user:{name}")
        user = _found(users.find(session, name))
    _tell(user, f"{name} has a new password", as_json=as_json)


@app.command("role")
def role(name: Name, role: StaffRole, *, as_json: JsonOption = False) -> None:
    """Change what somebody may do, at once."""
    name = _known(name)
    with changing("users role", f"{name} as {role}") as (session, _):
        users.set_role(session, name, role=role)
        user = _found(users.find(session, name))
    _tell(user, f"{name} is {role} now", as_json=as_json)


def _password(name: str, *, from_stdin: bool) -> str:
    """The hash of what is typed; never an argument, which every program on the machine can read."""
    if from_stdin:
        typed = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        typed = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    else:
        raise InputError("There is no terminal to ask for the password; use --password-stdin.")
    check_strength(name, typed)
    return Passwords().hashed(typed)


def _known(name: str) -> str:
    """The name of a user, also of one who signs in at an issuer."""
    return name if name.startswith(PREFIX) else fold(name)


def _found(user: User | None) -> User:
    if user is None:
        raise RecordMissingError("There is no such user; `sanad users list` shows them.")
    return user


def _tell(user: User, text: str, *, as_json: bool) -> None:
    if as_json:
        print_json(_row(user))
    else:
        console().print(text, markup=False)


def _row(user: User) -> dict[str, object]:
    return {
        "name": user.name,
        "role": user.role,
        "disabled": user.disabled,
        "password": user.password_hash is not None,
        "created": user.created.isoformat(timespec="seconds"),
    }

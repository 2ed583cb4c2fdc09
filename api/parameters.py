"""Query parameters are strict: one that a route does not know, or is given twice, is refused.

To drop it silently would answer another question than was asked: `?langage=ar` is no filter.
"""

from fastapi import Request, params
from fastapi.dependencies.utils import get_flat_params
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute


async def only_known(request: Request) -> None:
    """Dependency of every route; raises RequestValidationError naming what it does not know."""
    given = [name for name, _ in request.query_params.multi_items()]
    route = request.scope.get("route")
    if not given or not isinstance(route, APIRoute) or not route.path.startswith("/v1/"):
        return
    known = _known(route)
    if errors := [_error(name, known) for name in dict.fromkeys(given) if name not in known]:
        raise RequestValidationError(errors)
    if errors := [_twice(name) for name in known if given.count(name) > 1]:
        raise RequestValidationError(errors)


def _known(route: APIRoute) -> list[str]:
    return sorted(
        field.alias
        for field in get_flat_params(route.dependant)
        if isinstance(field.field_info, params.Query)
    )


def _error(name: str, known: list[str]) -> dict[str, object]:
    takes = f"this address takes {', '.join(known)}" if known else "this address takes none"
    return {"type": "extra_forbidden", "loc": ("query", name[:50]), "msg": f"unknown; {takes}"}


def _twice(name: str) -> dict[str, object]:
    return {"type": "given_twice", "loc": ("query", name), "msg": "given more than once"}

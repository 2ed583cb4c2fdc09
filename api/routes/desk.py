"""`/desk`: the page of the regional offices. It shows nothing by itself: its script asks for it."""

from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.access.caller import session_of
from api.edition import Edition
from ingest.errors import SanadError

router = APIRouter()


@router.get("/desk", include_in_schema=False)
async def desk(request: Request) -> Response:
    """The page of the regional offices."""
    return await staff_page(request, "/desk", "desk.html")


async def staff_page(request: Request, address: str, page: str) -> Response:
    """A page for whoever is signed in; others sign in first, and come back.

    While nobody can tell who is signed in, the page is served, and says what is wrong.
    """
    edition: Edition = request.app.state.edition
    try:
        signed_in = await session_of(request)
    except SanadError:
        return edition.response(page, request)
    if signed_in is None:
        root: str = request.scope.get("root_path", "").rstrip("/")
        return RedirectResponse(f"{root}/sign-in?next={quote(root + address)}", 303)
    return edition.response(page, request)

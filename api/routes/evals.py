"""`/evals`: the page of the evaluators. It shows nothing by itself: its script asks for it."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.routes.desk import staff_page

router = APIRouter()


@router.get("/evals", include_in_schema=False)
async def evals(request: Request) -> Response:
    """The page, for whoever is signed in; others sign in first, and come back."""
    return await staff_page(request, "/evals", "evals.html")

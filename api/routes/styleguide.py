"""`/styleguide`: every component of the pages on one page, for those who work on them."""

from pathlib import Path
from typing import Literal

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import FileResponse

_FOLDER = Path(__file__).parents[1] / "styleguide"


async def _shown(request: Request) -> None:
    if not request.app.state.settings.styleguide:
        raise HTTPException(404)


router = APIRouter(dependencies=[Depends(_shown)])


@router.get("/styleguide", include_in_schema=False)
async def styleguide() -> FileResponse:
    """The page, where the setting `styleguide` shows it; 404 everywhere else."""
    return FileResponse(_FOLDER / "styleguide.html")


@router.get("/styleguide/{file}", include_in_schema=False)
async def styleguide_file(file: Literal["styleguide.css", "styleguide.js"]) -> FileResponse:
    """What the page is made of."""
    return FileResponse(_FOLDER / file)

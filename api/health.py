"""`/healthz`: the process lives. `/readyz`: it can answer, and with what."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from api.state import assistant
from assistant.assistant import Assistant

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """The process lives."""

    status: str = "ok"


class Readiness(BaseModel):
    """What would answer now."""

    status: str
    generation: str
    documents: int
    composer: str
    model: str | None


@router.get("/healthz")
def healthz() -> Health:
    """Answer as long as the process runs."""
    return Health()


@router.get("/readyz")
def readyz(sanad: Annotated[Assistant, Depends(assistant)]) -> Readiness:
    """Tell which generation and composer serve."""
    return Readiness(
        status="ready",
        generation=sanad.generation.name,
        documents=sanad.generation.manifest.documents,
        composer=sanad.composer.name,
        model=sanad.composer.model,
    )

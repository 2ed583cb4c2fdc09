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
    """What would answer now.

    Without its language model Sanad is still ready: the documents' own words answer.
    `model_answers` is whether the model did when it was last asked.
    """

    status: str
    generation: str
    documents: int
    composer: str
    model: str | None
    model_answers: bool | None


@router.get("/healthz")
async def healthz() -> Health:
    """Answer as long as the process runs."""
    return Health()


@router.get("/readyz")
async def readyz(sanad: Annotated[Assistant, Depends(assistant)]) -> Readiness:
    """Tell which generation and composer serve."""
    return Readiness(
        status="ready",
        generation=sanad.generation.name,
        documents=sanad.generation.manifest.documents,
        composer=sanad.composer.name,
        model=sanad.composer.model,
        model_answers=sanad.model_answers,
    )

"""`/healthz`: the process lives. `/readyz`: it can answer, and with what."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from api import problems, state
from api.asking import Asking
from api.generations import Serving
from api.pulse import Beat, Pulse
from ingest.errors import ShuttingDownError

router = APIRouter(tags=["health"])
Part = Literal["index", "model", "database"]


class Health(BaseModel):
    """The process lives."""

    status: str = "ok"


class Readiness(BaseModel):
    """What would answer now.

    What is `degraded` does not keep Sanad from answering: without its language model the documents'
    own words answer, without its database nothing is recorded and feedback is refused, and while
    the generation that was published last cannot be opened the one before answers. `refused` is the
    code of why. `model_answers` is whether the model did when it was last asked.
    """

    status: str
    generation: str
    documents: int
    composer: str
    model: str | None
    model_answers: bool | None
    database: Beat = "none"
    refused: str | None = None
    degraded: tuple[Part, ...] = ()


@router.get("/healthz")
async def healthz() -> Health:
    """Answer as long as the process runs."""
    return Health()


@router.get("/readyz", responses=problems.documented(ShuttingDownError))
async def readyz(
    serving: Annotated[Serving, Depends(state.serving)],
    asking: Annotated[Asking, Depends(state.asking)],
    pulse: Annotated[Pulse, Depends(state.pulse)],
) -> Readiness:
    """Tell which generation and composer serve, and what is missing."""
    asking.check()
    sanad, refused, database = serving.current, serving.refused, await pulse.beat()
    parts: dict[Part, bool] = {
        "index": refused is not None,
        "model": sanad.model_answers is False,
        "database": database in {"down", "outdated"},
    }
    return Readiness(
        status="ready",
        generation=sanad.generation.name,
        documents=sanad.generation.manifest.documents,
        composer=sanad.composer.name,
        model=sanad.composer.model,
        model_answers=sanad.model_answers,
        database=database,
        refused=refused.code if refused else None,
        degraded=tuple(part for part, broken in parts.items() if broken),
    )

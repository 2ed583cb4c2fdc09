"""`GET /metrics`: what Prometheus collects."""

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.access.caller import require
from api.metrics import MEDIA_TYPE, Metrics
from api.proxies import is_direct

router = APIRouter(include_in_schema=False)

_admin = require("admin")


async def may_measure(request: Request) -> None:
    """Lets in who asks from this machine itself, and admins: a collector elsewhere needs a key."""
    if not is_direct(request):
        await _admin(request, None, None)


@router.get("/metrics", dependencies=[Depends(may_measure)])
async def metrics(request: Request) -> Response:
    """The metrics of this application."""
    found: Metrics = request.app.state.metrics
    return Response(await run_in_threadpool(found.exposition), media_type=MEDIA_TYPE)

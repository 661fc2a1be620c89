"""For whoever watches over the desk: alive, ready, and numbers."""

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy import text
from starlette.responses import Response

from elbowroom.kit.web import encoded

router = APIRouter()


@router.get("/healthz", include_in_schema=False)
async def alive() -> Response:
    return encoded({"status": "alive"})


@router.get("/readyz", include_in_schema=False)
async def ready(request: Request) -> Response:
    if not request.app.state.ready:
        return encoded({"status": "starting"}, 503)
    try:
        await request.app.state.engines.db.read(lambda read: read.value(text("SELECT 1")))
    except Exception:  # noqa: BLE001  whatever the store raised, the answer is the same
        return encoded({"status": "the store does not answer"}, 503)
    return encoded({"status": "ready"})


@router.get("/metrics", include_in_schema=False)
async def metrics(request: Request) -> Response:
    """Prometheus text; counts only, no names."""
    live = request.app.state.live
    registry = CollectorRegistry()
    shown = {
        "elbowroom_sockets": ("Open live sockets.", len(live.connections)),
        "elbowroom_frames_delivered": ("Frames written to sockets since start.", live.streams.delivered),
        "elbowroom_position": ("Newest position of the feed that was handed out.", live.feed.cursor.position),
    }
    for name, (words, value) in shown.items():
        Gauge(name, words, registry=registry).set(value)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

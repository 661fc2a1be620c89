"""The built page. Its files have names of their content, so a browser keeps them for ever; the page itself never."""

import asyncio
import gzip
import re
from functools import cache
from pathlib import Path

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from elbowroom.kit.problems import problem
from elbowroom.kit.web import encoded

STATIC = Path(__file__).parent.parent / "static"
PACKED = (".js", ".css", ".svg")


class KeptFiles(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
        if path.endswith(PACKED) and response.status_code == 200:
            response.headers["vary"] = "accept-encoding"
            if "gzip" in Headers(scope=scope).get("accept-encoding", "") and isinstance(response, FileResponse):
                content = await asyncio.to_thread(packed, Path(response.path))
                headers = {**response.headers, "content-encoding": "gzip", "content-length": str(len(content))}
                return Response(content, headers=headers)
        return response


@cache
def packed(file: Path) -> bytes:
    """A quarter of the size over a slow line; made once, as the files are few and never change."""
    return gzip.compress(file.read_bytes(), mtime=0)


def name_of(static: Path) -> str:
    """Which page this is: the address of its last script, which changes with any part of it. "" where none is built."""
    index = static / "index.html"
    scripts = re.findall(r'<script[^>]* src="(/assets/[^"]+)"', index.read_text()) if index.is_file() else []
    return scripts[-1] if scripts else ""


def mount(app: FastAPI, static: Path = STATIC) -> None:
    """Everything outside /api is the page: it finds its own way by the address."""
    app.state.page = name_of(static)
    if (static / "assets").is_dir():
        app.mount("/assets", KeptFiles(directory=static / "assets"), name="assets")

    @app.api_route("/api/{_rest:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False)
    async def no_such_door(_rest: str) -> Response:
        return encoded(problem(404, "not-found", "There is no such address", "See /api/openapi.json."), 404)

    @app.api_route("/{path:path}", methods=["GET", "HEAD"], include_in_schema=False)
    def page(_request: Request, path: str) -> Response:
        file = (static / path).resolve()
        if path and file.is_file() and file.is_relative_to(static.resolve()):
            return FileResponse(file, headers={"cache-control": "no-cache"})
        if not (static / "index.html").is_file():
            return PlainTextResponse("The page is not built. Run: python3 dev.py setup", 503)
        return FileResponse(static / "index.html", headers={"cache-control": "no-cache"})

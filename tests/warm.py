"""Imported by the process from which neighbours are forked: a desk that began and ended once begins sooner again."""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

import pytest  # noqa: F401

from elbowroom import app
from elbowroom.kit.config import Config
from tests import neighbour  # noqa: F401


async def _once(folder: str) -> None:
    doors: Any = app.desk(Config(data_dir=Path(folder)))
    async with doors.app.router.lifespan_context(doors.app):
        pass


with tempfile.TemporaryDirectory() as folder:
    asyncio.run(_once(folder))

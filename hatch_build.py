"""Refuses to pack Elbowroom without its page."""

from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PageIsThere(BuildHookInterface[BuilderConfig]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        page = Path(self.root, "elbowroom", "static", "index.html")
        if version != "editable" and not page.exists():
            raise FileNotFoundError(
                "The page is not built: elbowroom/static/index.html is missing. Use `python3 dev.py wheel`."
            )

"""What the page says in a language, by the key of the words."""

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

WORDS = Path(__file__).parents[2] / "web/src"
LOCALES = {"en": "en-GB", "de": "de-DE", "ru": "ru-RU", "zh": "zh-CN"}
Say = Callable[..., str]


def in_language(language: str) -> Say:
    """`say("tickets.new.send")`, with values for what stands in braces."""

    def say(key: str, **values: Any) -> str:
        district, *path = key.split(".")
        found: Any = _words(district, language)
        for part in path:
            found = found[part]
        assert isinstance(found, str)
        plain = re.sub(r"\{'([^']*)'\}", r"\1", found)
        return re.sub(r"\{(\w+)\}", lambda one: str(values.get(one[1], one[0])), plain)

    return say


@cache
def _words(district: str, language: str) -> Any:
    return json.loads((WORDS / district / "words" / f"{language}.json").read_text())

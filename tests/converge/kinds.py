"""Every kind of kept fact that the code can announce, read from the code itself."""

import ast
import re
from pathlib import Path

import elbowroom

SAYS = {"append", "say", "_say", "say_state", "_in_department", "_to_her"}
KIND = re.compile(r"[a-z]+(_[a-z]+)+")


def announced() -> set[str]:
    found: set[str] = set()
    for file in Path(elbowroom.__file__).parent.rglob("*.py"):
        tree = ast.parse(file.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _name(node.func) in SAYS:
                words = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
                found |= {word for word in words if KIND.fullmatch(word)}
            if isinstance(node, ast.Assign) and any(_name(one) == "FACT" for one in node.targets):
                assert isinstance(node.value, ast.Dict)
                found |= {one.value for one in node.value.values if isinstance(one, ast.Constant)}  # type: ignore[misc]
    return found


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""

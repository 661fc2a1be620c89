"""What the docs say is true where a program can tell."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from elbowroom import cli
from elbowroom.app import Extra, bare
from elbowroom.kit.config import Config
from elbowroom.live.messages import heard
from elbowroom.load.scenarios import SCENARIOS
from tests.mutants import MUTANTS, Mutant

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def text(name: str) -> str:
    return (ROOT / name).read_text()


def test_every_setting_of_running_exists_and_every_setting_is_told() -> None:
    told = set(re.findall(r"`ELBOWROOM_([A-Z_]+)", text("docs/running.md")))
    known = {one.name.upper() for one in fields(Config)}
    assert told - {"CONFIG"} <= known
    assert known - told <= {"BUS_URL"}, "a setting that nobody can read about"


def test_every_door_of_the_protocol_page_exists() -> None:
    paths = bare(Extra()).openapi()["paths"]
    shapes = {(method.upper(), re.sub(r"\{[^}]*\}", "{}", path)) for path, ways in paths.items() for method in ways}
    told = re.findall(r"`(GET|POST|PUT|PATCH|DELETE) (/api/[^\s`?]*)", text("docs/protocol.md"))
    assert len(told) >= 8
    missing = [(m, p) for m, p in told if (m, re.sub(r"\{[^}]*\}", "{}", p)) not in shapes and p != "/api/live"]
    assert not missing, missing


def test_the_examples_of_the_socket_are_understood() -> None:
    examples = re.search(r"```json\n(.*?)```", text("docs/protocol.md"), re.S)
    assert examples is not None
    lines = examples[1].strip().splitlines()
    assert [heard.validate_json(line).type for line in lines] == ["hello", "watch", "here"]


def test_every_problem_that_the_code_raises_is_told() -> None:
    raised = set()
    for file in set((ROOT / "elbowroom").rglob("*.py")) - set((ROOT / "elbowroom/demo").rglob("*.py")):
        raised |= set(re.findall(r'(?:Refused|problem)\(\s*\d{3},\s*"([a-z-]+)"', file.read_text()))
    told = set(re.findall(r"/problems/([a-z-]+)", text("docs/protocol.md")))
    assert len(raised) > 8
    assert raised <= told, f"not in docs/protocol.md: {sorted(raised - told)}"


@pytest.mark.parametrize("page", ["README.md", "docs/running.md", "docs/using.md", "docs/speed.md"])
def test_every_command_that_a_page_names_is_one(page: str) -> None:
    parser = cli._parser()
    known = next(action for action in parser._actions if action.choices).choices
    told = re.findall(r"^elbowroom ([a-z]+)|`elbowroom ([a-z]+)", text(page), re.M)
    assert {one or other for one, other in told} <= set(known or ())


@pytest.mark.parametrize("page", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "docs/running.md"])
def test_every_link_leads_somewhere(page: str) -> None:
    for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", text(page)):
        assert ((ROOT / page).parent / link).exists(), f"{page} links to {link}"


def test_every_scenario_is_told_with_its_aims() -> None:
    told = text("docs/speed.md")
    assert re.findall(r"^## ([a-z-]+):", told, re.M) == list(SCENARIOS)
    for name, scenario in SCENARIOS.items():
        assert f"{scenario.sockets:,} " in told.partition(f"## {name}:")[2].partition("\n")[0]


@pytest.mark.parametrize("page", ["docs/using.md", "docs/guarantees.md"])
def test_every_test_that_a_page_names_is_one(page: str) -> None:
    told = set(re.findall(r"`(test_\w+)`", text(page)))
    assert len(told) >= 6
    code = "\n".join(file.read_text() for file in (ROOT / "tests").rglob("test_*.py"))
    assert [one for one in told if code.count(f"def {one}(") != 1] == []


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_every_mutant_still_breaks_something_and_its_test_is_there(mutant: Mutant) -> None:
    for file, there, _ in mutant.edits:
        assert text(file).count(there) == 1, f"{there!r} in {file}"
    file, _, test = mutant.found_by.partition("::")
    assert not test or f"def {test.partition('[')[0]}(" in text(file)


def test_every_promise_is_shown_by_a_test() -> None:
    told = text("docs/guarantees.md").partition("## What it does not promise")[0]
    promises = re.split(r"^\*\*", told, flags=re.M)[1:]
    assert len(promises) >= 30
    assert [one.partition("**")[0] for one in promises if "`test_" not in one] == []

"""A point ends the process where it is named, and nowhere else."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import elbowroom
from elbowroom.kit.failpoints import NAME, POINTS

PROGRAM = """
from elbowroom.kit.failpoints import reach
for number in range(3):
    reach("committing"); reach("committed"); print(number, flush=True)
"""


@pytest.mark.parametrize(
    ("wanted", "printed"),
    [("committed", ""), ("committed:3", "0\n1\n"), ("committed:4", "0\n1\n2\n"), ("handled", "0\n1\n2\n"), ("", None)],
)
def test_the_named_one_at_the_named_time(wanted: str, printed: str | None) -> None:
    env = {name: value for name, value in os.environ.items() if name != NAME} | ({NAME: wanted} if wanted else {})
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=env, capture_output=True, text=True)
    assert done.stdout == (printed if printed is not None else "0\n1\n2\n")
    assert done.returncode == (-signal.SIGKILL if done.stdout.count("\n") < 3 else 0)


def test_each_point_stands_in_the_code_once() -> None:
    code = "".join(file.read_text() for file in Path(elbowroom.__file__).parent.rglob("*.py"))
    assert sorted(re.findall(r'failpoints\.reach\("(\w+)"\)', code)) == sorted(POINTS)

"""Points at which a test has this process killed, as if the power failed or kill -9 came just there.

`ELBOWROOM_FAILPOINT=committed` ends it at the first one, `committed:3` at the third. Unset, a point is one comparison.

- `committing`: verbs are carried out, their COMMIT is still to come
- `committed`: stored, and nobody has heard of it
- `published`: those who listen have heard, whoever asked has no answer
- `taken`: a job is leased, its handler not called
- `handled`: the handler has done its work, the job is not off the list
- `mailed`: the mail server took a mail, which is not written down
"""

import itertools
import os
import signal
from typing import Literal, get_args

Point = Literal["committing", "committed", "published", "taken", "handled", "mailed"]
POINTS: tuple[Point, ...] = get_args(Point)
NAME = "ELBOWROOM_FAILPOINT"

_point, _, _time = os.environ.get(NAME, "").partition(":")
_count = itertools.count(1)


def reach(point: Point) -> None:
    if point == _point and next(_count) == int(_time or 1):
        os.kill(os.getpid(), signal.SIGKILL)

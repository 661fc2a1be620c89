"""What can go wrong outside of the desk, each in one line with its mend."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from elbowroom.kit.stores.whole import ENGINE_ERRORS


class Failed(Exception):
    """Nothing was changed; the text says why and what to do."""


class Damaged(Failed):
    """A backup that is not what it was."""


WORDS = {
    errno.ENOSPC: "there is no room left; make room, or choose another disk",
    errno.EDQUOT: "your quota is used up; make room, or choose another disk",
    errno.EACCES: "you have no right to it; run this as the desk's own user",
    errno.EPERM: "you have no right to it; run this as the desk's own user",
    errno.EROFS: "the disk is read-only; choose another place",
    errno.ENOENT: "it is not there; look at how it is written",
    errno.ENOTDIR: "a part of its path is a file; look at how it is written",
    errno.EISDIR: "it is a folder; name the file",
}


@contextmanager
def worded(what: str) -> Iterator[None]:
    """Failures of disks and databases become `Failed`. `what` was tried, like "write the backup"."""
    try:
        yield
    except OSError as wrong:
        where = f"{wrong.filename}: " if wrong.filename else ""
        raise Failed(f"can't {what}: {where}{WORDS.get(wrong.errno or 0, wrong.strerror or str(wrong))}") from wrong
    except ENGINE_ERRORS as wrong:
        raise Failed(f"can't {what}: {_own_words(wrong)}") from wrong
    except ModuleNotFoundError as wrong:
        raise Failed(f"can't {what}: {wrong.name} is missing; pip install 'elbowroom[postgres]'") from wrong


def _own_words(wrong: Exception) -> str:
    """The first line of what the database says: what follows may show the values of a row."""
    said = str(getattr(wrong, "orig", None) or wrong).strip() or type(wrong).__name__
    return WORDS[errno.ENOSPC] if "disk is full" in said else f"the database says: {said.splitlines()[0]}"

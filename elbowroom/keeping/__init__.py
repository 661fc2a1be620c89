"""Keeping a desk: backup, restore, and the move from SQLite to PostgreSQL. One file a command."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from elbowroom.keeping import backup, move, restore
from elbowroom.keeping.progress import Progress
from elbowroom.kit.config import Config


def options(parser: argparse.ArgumentParser, command: str) -> None:
    if command == "backup":
        parser.add_argument("to", metavar="FILE|FOLDER", type=Path, nargs="?", default=Path(), help="default: here")
    elif command == "restore":
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--yes", action="store_true", help="put the desk that is there aside")
    else:
        parser.add_argument("--to", required=True, metavar="URL", help="postgresql://user:password@host/name, empty")
    parser.set_defaults(command=command)


def run(asked: argparse.Namespace, config: Config) -> Iterator[str]:
    """Yields the lines of the report; shows its progress on standard error where that is a terminal."""
    progress = Progress()
    if asked.command == "backup":
        return backup.run(config, asked.to, progress)
    if asked.command == "restore":
        return restore.run(config, asked.file, progress, yes=asked.yes)
    return move.run(config, asked.to, progress)

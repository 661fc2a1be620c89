"""A Chromium and an IMAP server for the tests: found, or else installed where that is possible.

`python -m tests.browser` installs what is missing and prints a JSON object of environment variables.
Tests ask `chromium()` and `dovecot()`, which only look.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from dev import CACHE, Stop, environment, node, npm, run

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HOME = CACHE / "browser"
NPM_PACKAGE = "@sparticuz/chromium"
NPM_VERSION = "153.0.0"
UNPACK = f'import("{NPM_PACKAGE}").then(found => found.default.executablePath()).then(path => console.log(path))'
# Its libraries are used as well, since a machine without a browser seldom has them.
START = """#!/bin/sh
export LD_LIBRARY_PATH='{home}/al2023/lib' FONTCONFIG_PATH="${{FONTCONFIG_PATH:-{fonts}}}"
exec '{home}/chromium' "$@"
"""


def chromium() -> str | None:
    """The path of a browser that `playwright` can start with FLAGS."""
    given = os.environ.get("ELBOWROOM_TEST_CHROMIUM")
    names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    return given or next(filter(None, map(shutil.which, names)), None) or _from_npm()


def dovecot() -> str | None:
    given = os.environ.get("ELBOWROOM_TEST_DOVECOT")
    return given or shutil.which("dovecot", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")


def _from_npm() -> str | None:
    return str(HOME / "start") if (HOME / "start").exists() else None


def install() -> None:
    wanted = [] if dovecot() else ["dovecot-imapd"]
    if not chromium():
        wanted += ["chromium", "fonts-noto-cjk"]
    if wanted and shutil.which("apt-get") and os.geteuid() == 0:
        _apt_install(wanted)
    if not chromium() and (sys.platform, platform.machine()) == ("linux", "x86_64"):
        _npm_install()


def _apt_install(packages: list[str]) -> None:
    print(f"Installing {' '.join(packages)} …", file=sys.stderr, flush=True)
    # RUNLEVEL=1: the IMAP server is there for the tests to start, not to run by itself.
    quiet = environment() | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    for command in (["apt-get", "update"], install):
        done = subprocess.run(command, env=quiet, text=True, capture_output=True, stdin=subprocess.DEVNULL)
        if done.returncode:
            print(done.stdout, done.stderr, file=sys.stderr)
            return


def _npm_install() -> None:
    print(f"Installing {NPM_PACKAGE} …", file=sys.stderr, flush=True)
    HOME.mkdir(parents=True, exist_ok=True)
    (HOME / "package.json").write_text(json.dumps({"dependencies": {NPM_PACKAGE: NPM_VERSION}}))
    try:
        run(npm("install", "--no-audit", "--no-fund"), HOME)
        # It unpacks into the temporary folder; the libraries only where it takes itself for hosted.
        run(["env", f"TMPDIR={HOME}", "VERCEL=1", node(), "--eval", UNPACK], HOME)
    except Stop as stop:
        print(stop, file=sys.stderr)
        return
    fonts = "/etc/fonts" if Path("/etc/fonts/fonts.conf").exists() else HOME / "fonts"
    start = HOME / "start"
    start.write_text(START.format(home=HOME, fonts=fonts))
    start.chmod(0o755)


def main() -> int:
    install()
    found = {"ELBOWROOM_TEST_CHROMIUM": chromium(), "ELBOWROOM_TEST_DOVECOT": dovecot()}
    print(json.dumps({name: path for name, path in found.items() if path}))
    return 0


if __name__ == "__main__":
    sys.exit(main())

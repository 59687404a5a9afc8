"""Set up what the Makefile needs on a bare machine: virtual environment, packages, Node, Chromium."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 20
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def say(text: str) -> None:
    """Print one line of progress."""
    print(f"setup: {text}", flush=True)


def stop(text: str) -> None:
    """End with a message that says what to do."""
    sys.exit(f"setup: {text}")


def execute(*words: str | Path) -> None:
    """Run a program; end with its status if it fails."""
    done = subprocess.run([str(word) for word in words], cwd=ROOT, check=False)
    if done.returncode:
        stop(f"`{' '.join(str(word) for word in words)}` failed with status {done.returncode}")


def system_install(*packages: str) -> bool:
    """Install Debian packages if we may; return whether we did."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    say(f"installing {' '.join(packages)} with apt-get")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], env=quiet, check=False)
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    return subprocess.run(command, env=quiet, check=False).returncode == 0


def make_venv() -> None:
    """Make `.venv` with pip, from this Python."""
    if sys.version_info < OLDEST_PYTHON:
        stop(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}; name another with `make PYTHON=...`")
    say(f"making .venv with Python {sys.version.split()[0]}")
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    if subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode == 0:
        return
    # Debian keeps the part of venv that brings pip in a package of its own.
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if not system_install(package):
        stop(f"this Python cannot make virtual environments; install {package} (`apt-get install {package}`)")
    execute(*command)


def pip_install(lock: str) -> None:
    """Install one lock file into `.venv`, every file checked against its hash."""
    say(f"installing requirements/{lock}.txt")
    pip = (PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "-qq")
    execute(*pip, "--require-hashes", "--no-deps", "-r", ROOT / "requirements" / f"{lock}.txt")


def install_project() -> None:
    """Install Frontdesk itself, editable, with the build tools of the lock file."""
    pip = (PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "-qq")
    execute(*pip, "--no-deps", "--no-build-isolation", "--editable", ROOT)


def install_run() -> None:
    """Install what the server needs."""
    pip_install("setup")
    pip_install("run")
    install_project()


def install_dev() -> None:
    """Install what the server, the tests and the checks need."""
    pip_install("dev")
    install_project()


def node_version(program: str | None) -> int:
    """Return the major version of a Node program, 0 where there is none."""
    if program is None:
        return 0
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    major = answer.strip().removeprefix("v").split(".")[0]
    return int(major) if major.isdigit() else 0


def install_node() -> None:
    """Use the machine's Node if it is new enough and has npm; else install one into `.venv`."""
    version = node_version(shutil.which("node"))
    if version >= OLDEST_NODE and shutil.which("npm"):
        say(f"using the machine's Node {version}")
        return
    say(f"no Node {OLDEST_NODE} or newer with npm here: installing one into .venv")
    pip_install("node")


def find_chromium() -> str | None:
    """Return the Chromium that the tests shall drive, if there is one."""
    named = os.environ.get("CHROMIUM")
    if named and shutil.which(named) is None:
        stop(f"CHROMIUM names {named}, which is not a program")
    return named or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def install_chromium() -> None:
    """Find or install a Chromium and leave its path in `.venv/chromium.path`."""
    found = find_chromium()
    if found is None and system_install("chromium"):
        found = find_chromium()
    if found is None:
        stop("the browser tests need Chromium: install the package `chromium`, or name a program in CHROMIUM")
        return
    say(f"browser tests use {found}")
    (VENV / "chromium.path").write_text(found + "\n")


STEPS: dict[str, Callable[[], None]] = {
    "venv": make_venv,
    "run": install_run,
    "dev": install_dev,
    "lock": lambda: pip_install("lock"),
    "node": install_node,
    "chromium": install_chromium,
}


if __name__ == "__main__":
    for step in sys.argv[1:]:
        STEPS[step]()

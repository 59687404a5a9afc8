"""What is installed is pinned by hash, and the lock files name no place to get it from."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, shown

LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PIN = re.compile(r"^([a-z0-9][a-z0-9.-]*)==\S+ \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")


def pinned(lock: str) -> set[str]:
    lines = (ROOT / "requirements" / f"{lock}.txt").read_text().splitlines()
    return {found[1] for line in lines if (found := PIN.match(line))}


@pytest.mark.guarantee("S30")
@pytest.mark.parametrize("path", LOCKS, ids=shown)
def test_a_lock_file_holds_pins_with_hashes_and_nothing_else(path: Path) -> None:
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]

    assert lines
    assert [line for line in lines if not PIN.match(line) and not HASH.match(line)] == []


@pytest.mark.parametrize("path", LOCKS, ids=shown)
def test_a_python_lock_file_names_no_place(path: Path) -> None:
    text = "\n".join(line for line in path.read_text().splitlines() if not line.startswith("#"))

    assert not re.search(r"://|file:|git\+|--(?:extra-)?index-url|--find-links| @ ", text)


def test_the_npm_lock_file_names_no_place() -> None:
    packages = json.loads((ROOT / "web" / "package-lock.json").read_text())["packages"]

    for package in packages.values():
        package.pop("funding", None)

    assert not re.search(r"://|file:|git\+|resolved", json.dumps(packages))


@pytest.mark.guarantee("S30")
def test_every_npm_package_has_an_integrity_hash() -> None:
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text())

    packages = {name: entry for name, entry in lock["packages"].items() if name}

    assert [name for name, entry in packages.items() if not str(entry.get("integrity", "")).startswith("sha512-")] == []


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = {"run": project["project"]["dependencies"], **project["dependency-groups"]}

    missing = {
        f"{group}: {name}"
        for group, wanted in groups.items()
        for name in (re.split(r"[<>=\[ ]", line)[0].lower() for line in wanted)
        if name not in pinned(group)
    }

    assert not missing, f"{sorted(missing)}; run `make lock`"


def test_what_runs_in_production_is_what_the_tests_ran_with() -> None:
    def versions(lock: str) -> set[str]:
        lines = (ROOT / "requirements" / f"{lock}.txt").read_text().splitlines()
        return {line.removesuffix(" \\") for line in lines if PIN.match(line)}

    assert versions("run") <= versions("dev")

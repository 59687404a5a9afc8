"""The core decides; it does not wait, look at the clock, throw dice or talk to anybody."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import SOURCE, imported, parsed, python_files, shown

PURE = [*python_files("src/frontdesk/core"), *python_files("src/frontdesk/actions")]
PORTS = {SOURCE / "actions" / "ports.py"}
IMPURE_MODULES = {
    "asyncio", "builtins", "concurrent", "ctypes", "datetime", "http", "importlib", "io", "logging", "multiprocessing",
    "os", "pathlib", "platform", "queue", "random", "secrets", "select", "selectors", "shutil", "signal", "socket",
    "sqlite3", "ssl", "subprocess", "sys", "tempfile", "threading", "time", "urllib.request", "uuid", "weakref",
}  # fmt: skip
IMPURE_CALLS = {"open", "print", "input", "exec", "eval", "compile", "__import__", "id", "hash"}


@pytest.mark.parametrize("path", PURE, ids=shown)
def test_the_rules_import_nothing_that_waits_or_reaches_out(path: Path) -> None:
    wrong = {
        name
        for name in imported(parsed(path))
        if any(name == impure or name.startswith(f"{impure}.") for impure in IMPURE_MODULES)
    }

    assert not wrong, f"{shown(path)} imports {sorted(wrong)}; pass what it needs as an argument"


@pytest.mark.parametrize("path", python_files("src/frontdesk/core"), ids=shown)
def test_the_core_imports_the_standard_library_and_itself_only(path: Path) -> None:
    wrong = {
        name
        for name in imported(parsed(path))
        if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith("frontdesk.core")
    }

    assert not wrong, f"{shown(path)} imports {sorted(wrong)}"


@pytest.mark.parametrize("path", [path for path in PURE if path not in PORTS], ids=shown)
def test_the_rules_are_synchronous_and_call_nothing_impure(path: Path) -> None:
    waiting = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith, ast.Global)

    wrong = [
        f"line {node.lineno}"
        for node in ast.walk(parsed(path))
        if isinstance(node, waiting)
        or (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in IMPURE_CALLS)
    ]

    assert not wrong, f"{shown(path)}: {', '.join(wrong)}"

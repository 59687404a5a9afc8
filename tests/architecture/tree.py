"""The repository's own files, as the architecture tests look at them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "frontdesk"
PYTHON_FOLDERS = ("src", "tests", "scripts", "examples", "benchmarks")
WEB_KINDS = {".ts", ".tsx", ".css", ".js", ".mjs"}
BUILT = {"node_modules", "dist", "__pycache__", "test-results"}


def files(*folders: str, kinds: set[str]) -> Iterator[Path]:
    """Yield the files below `folders` with one of these endings, without what was installed or built."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in kinds and not BUILT.intersection(path.relative_to(ROOT).parts) and path.is_file():
                yield path


def python_files(*folders: str) -> tuple[Path, ...]:
    """Return the Python files of these folders, or of all."""
    return tuple(files(*(folders or PYTHON_FOLDERS), kinds={".py"}))


@cache
def parsed(path: Path) -> ast.Module:
    """Return the syntax tree of a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def shown(path: Path) -> str:
    """Return the path as people name it."""
    return path.relative_to(ROOT).as_posix()


def imported(tree: ast.Module) -> Iterator[str]:
    """Yield the dotted names that a module imports, wherever it does so."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."

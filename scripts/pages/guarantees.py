"""The page of the promises that hold, each with the tests that prove it."""

from __future__ import annotations

import ast
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from scripts.pages.markdown import page, table

ROOT = Path(__file__).resolve().parents[2]
PROMISES = ROOT / "docs" / "reference" / "guarantees.toml"


def promises() -> dict[str, dict[str, str]]:
    """Return the promises by section; each section's `title` is its heading."""
    return tomllib.loads(PROMISES.read_text(encoding="utf-8"))


def proofs() -> Mapping[str, list[str]]:
    """Return for each id the tests marked with it, as `tests/room/test_it.py::test_name`."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for name, promise in marked(tree):
            found[promise].append(f"{path.relative_to(ROOT).as_posix()}{name}")
    return found


def marked(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield the name and id of every mark of a test module: on a function, a class, or the whole module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for decorator in node.decorator_list:
                yield from ((f"::{node.name}", promise) for promise in ids_in(decorator))
        elif isinstance(node, ast.Assign) and "pytestmark" in {
            target.id for target in node.targets if isinstance(target, ast.Name)
        }:
            yield from (("", promise) for promise in ids_in(node.value))


def ids_in(node: ast.expr) -> Iterator[str]:
    """Yield the ids that `pytest.mark.guarantee(...)` names anywhere in an expression."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "guarantee":
            yield from (str(value.value) for value in call.args if isinstance(value, ast.Constant))


def render() -> str:
    """Return the page; promises that no test proves are not on it."""
    proved = proofs()
    blocks: list[str] = []
    for section in promises().values():
        rows = [
            (promise, text, "<br>".join(f"`{proof}`" for proof in proved[promise]))
            for promise, text in section.items()
            if promise in proved
        ]
        if rows:
            blocks += [f"## {section['title']}", table(("id", "promise", "proved by"), rows)]
    return page(
        "Guarantees",
        "What Frontdesk promises, and the tests that prove it. A promise is listed here when a test carries its id.",
        *blocks,
    )

"""No file and no function grows beyond what one can keep in mind."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.tree import WEB_KINDS, files, parsed, python_files, shown

LONGEST_FILE = 400
LONGEST_FUNCTION = 30
ALL = [*python_files(), *files("web", kinds=WEB_KINDS), *files("src", kinds={".sql"})]


def test_no_file_is_over_400_lines() -> None:
    lines = {shown(path): len(path.read_text(encoding="utf-8").splitlines()) for path in ALL}

    long = {path: count for path, count in lines.items() if count > LONGEST_FILE}

    assert not long, "what are their two subjects?"


def test_no_function_is_over_30_statements() -> None:
    long = {
        f"{shown(path)}:{function.lineno} {function.name}": count
        for path in python_files()
        for function in ast.walk(parsed(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        if (count := sum(1 for _ in own_statements(function.body))) > LONGEST_FUNCTION
    }

    assert not long


def own_statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a body; a function or class inside counts as one and is measured by itself."""
    for statement in body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue
        yield statement
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        for child in ast.iter_child_nodes(statement):
            yield from own_statements(nested(child))


def nested(node: ast.AST) -> list[ast.stmt]:
    """Return the statements that a part of a compound statement holds."""
    if isinstance(node, ast.stmt):
        return [node]
    if isinstance(node, ast.ExceptHandler | ast.match_case):
        return node.body
    return []

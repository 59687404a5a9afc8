"""Whatever waits in the code has a line on the page of limits that says how much of it, and what happens then."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.tree import ROOT, SOURCE, parsed, python_files

#: What makes a queue, or a task that somebody has to count.
MAKERS = {
    "Queue", "LifoQueue", "PriorityQueue", "SimpleQueue", "deque", "create_task", "ensure_future", "TaskGroup",
    "ThreadPoolExecutor", "ProcessPoolExecutor", "Semaphore", "BoundedSemaphore", "run_coroutine_threadsafe",
}  # fmt: skip
ROW = re.compile(r"^\| `([^`]+\.py: [^`]+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def made(node: ast.AST, *, inside: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the dotted name of each function that makes a queue or a task."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from made(child, inside=(*inside, child.name))
            continue
        if isinstance(child, ast.Call):
            called = child.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if name in MAKERS:
                yield ".".join(inside)
        yield from made(child, inside=inside)


def in_the_code() -> set[str]:
    """Return every place that makes one."""
    return {
        f"{path.relative_to(SOURCE).as_posix()}: {name}"
        for path in python_files("src/frontdesk")
        for name in made(parsed(path))
    }


def on_the_page() -> dict[str, tuple[str, str]]:
    """Return each place on the page with its bound and what happens there."""
    page = (ROOT / "docs" / "reference" / "limits.md").read_text(encoding="utf-8")
    return {where: (bound.strip(), then.strip()) for where, _, bound, then in ROW.findall(page)}


@pytest.mark.guarantee("O2")
def test_every_queue_has_a_stated_bound_and_a_stated_policy() -> None:
    assert in_the_code() - on_the_page().keys() == set(), "say in docs/reference/limits.md how much may wait there"
    assert on_the_page().keys() - in_the_code() == set(), "these are gone from the code"
    assert [where for where, told in on_the_page().items() if not all(told)] == []

"""Secrets are compared as bytes and in constant time; text of users is never part of a statement or of a slow pattern."""

from __future__ import annotations

import ast
import importlib
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.architecture.tree import SOURCE, parsed, python_files, shown
from tests.kit.server import bot_server, running_server

#: The standard library's own reading of patterns; it has no public name any more.
parser: Any = importlib.import_module("re._parser")
SECRET_WORDS = re.compile(r"(^|_)(token|secret|password|signature|digest|sha256|hmac|mac)s?($|_)", re.IGNORECASE)
#: Comparisons that are not of secrets, by file, with the reason.
HARMLESS = {
    "src/frontdesk/actions/meet.py": "the same hash is saved or not",
    "src/frontdesk/actions/call_api.py": "the hash of a body, no secret",
    "src/frontdesk/store/memory.py": "looks up by hash",
    "src/frontdesk/store/shelves.py": "compares whose the hashes are",
}
SQL_CALLS = {"execute", "executemany", "executescript", "fetch", "fetchrow", "fetchval"}
#: Statements that are put together from what nobody else wrote, and patterns that are used on such text only.
OURS = {
    "src/frontdesk/store/sqlite/file.py": "PRAGMA takes no parameters; names and numbers of the module",
    "src/frontdesk/store/postgres/connection.py": "SHOW takes no parameters; names of the module",
    "src/frontdesk/store/postgres/vault.py": "a list of numbers",
    "src/frontdesk/store/postgres/saving.py": "our own queries",
}
STATEMENT = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|WITH|PRAGMA)\b", re.IGNORECASE)
#: Texts that make a pattern with nested quantifiers go back for ever.
HOSTILE = [
    "a" * 100_000,
    "a" * 50_000 + "!",
    "/" * 100_000,
    "(" * 100_000,
    " " * 100_000 + "x",
    "\\" * 99_999,
    "[](" * 33_333,
    "a@" * 50_000,
    "1." * 50_000,
    '"' * 100_000,
    "-" * 100_000 + "\0",
    "é" * 100_000,
    "a-" * 50_000,
]


def names_in(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            yield part.id
        elif isinstance(part, ast.Attribute):
            yield part.attr


def is_constant(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Attribute) and node.attr.isupper())


@pytest.mark.guarantee("S25")
def test_secrets_are_never_compared_with_equals() -> None:
    found = [
        f"{shown(path)}:{node.lineno}"
        for path in python_files("src")
        if shown(path) not in HARMLESS
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Compare)
        and any(isinstance(one, ast.Eq | ast.NotEq) for one in node.ops)
        and not any(is_constant(one) for one in (node.left, *node.comparators))
        and any(SECRET_WORDS.search(name) for name in names_in(node))
        and not any(
            isinstance(one, ast.Call) and "len" in set(names_in(one.func)) for one in (node.left, *node.comparators)
        )
    ]

    assert found == []


@pytest.mark.guarantee("S25")
def test_what_compares_in_constant_time_gets_bytes() -> None:
    calls = [
        (path, node)
        for path in python_files("src")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and "compare_digest" in set(names_in(node.func))
    ]

    texts = [f"{shown(path)}:{node.lineno}" for path, node in calls if any(is_text(one) for one in node.args)]

    assert len(calls) >= 3
    assert texts == []


def is_text(node: ast.AST) -> bool:
    """Tell whether an argument can be seen to be text, not bytes."""
    if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return True
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"decode", "hexdigest"}
    )


@pytest.mark.guarantee("S25")
async def test_a_token_that_is_not_ascii_is_just_wrong(tmp_path: Path) -> None:
    async with bot_server() as bot, running_server(tmp_path, metrics_token="a-token-of-the-metrics") as server:
        _, made = await server.shop(bot)
        asked: list[dict[str, Any]] = [
            {"method": "POST", "url": server.api_url(made.bot), "headers": {"SECURITY-TOKEN": f"{made.token}é"}},
            {"method": "POST", "url": server.api_url(made.bot), "headers": {"SECURITY-TOKEN": "é"}},
            {"method": "GET", "url": f"{server.url}/metrics", "headers": {"Authorization": "Bearer é"}},
        ]
        async with aiohttp.ClientSession() as http:
            for one in asked:
                async with http.request(**one) as response:
                    assert response.status == 401


@pytest.mark.guarantee("S28")
def test_no_statement_is_put_together_from_text() -> None:
    found = [
        f"{shown(path)}:{node.lineno}"
        for path in python_files("src")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in SQL_CALLS
        and node.args
        and is_put_together(node.args[0])
    ]

    assert sorted(one for one in found if one.partition(":")[0] not in OURS) == []
    assert all("PRAGMA" in ast.unparse(node) for node in put_together_in(SOURCE / "store/sqlite/file.py"))


def put_together_in(path: Path) -> Iterator[ast.AST]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.JoinedStr) and STATEMENT.match(
            "".join(str(one.value) for one in node.values if isinstance(one, ast.Constant))
        ):
            yield node


def is_put_together(node: ast.AST) -> bool:
    """Tell whether the statement is made where it is run: an f-string, a sum, `%` or `.format`."""
    if isinstance(node, ast.JoinedStr | ast.BinOp):
        return True
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in {"format", "join"}


def patterns() -> list[tuple[str, re.Pattern[Any]]]:
    """Return every pattern that a module of ours compiles, with where it stands."""
    found = []
    for path in python_files("src"):
        for node in ast.walk(parsed(path)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "compile"
                and node.args
            ):
                text = node.args[0]
                if isinstance(text, ast.Constant) and isinstance(text.value, str | bytes):
                    found.append((f"{shown(path)}:{node.lineno}", re.compile(text.value)))
    return found


def nested(parts: Any, *, inside: bool = False) -> bool:
    """Tell whether something without a bound is repeated without a bound, and may be split in several ways."""
    for operation, argument in parts:
        name = str(operation)
        if name in {"MAX_REPEAT", "MIN_REPEAT"}:
            _, most, inner = argument
            unbound = most == parser.MAXREPEAT
            if unbound and inside:
                return True
            if nested(inner, inside=inside or unbound):
                return True
        elif (name == "SUBPATTERN" and nested(argument[-1], inside=inside)) or (
            name == "BRANCH" and any(nested(one, inside=inside) for one in argument[1])
        ):
            return True
    return False


@pytest.mark.guarantee("S28")
def test_no_pattern_nests_quantifiers() -> None:
    known = patterns()

    found = [where for where, pattern in known if where.partition(":")[0] not in OURS and nested(tree_of(pattern))]

    assert len(known) >= 10
    assert found == []
    assert nested(tree_of(re.compile(r"(a+)+$")))
    assert not nested(tree_of(re.compile(r"(a{1,3}b)+")))


def tree_of(pattern: re.Pattern[Any]) -> Any:
    return parser.parse(pattern.pattern, pattern.flags)


@pytest.mark.guarantee("S28")
def test_no_pattern_takes_long_for_any_text() -> None:
    slow = []
    for where, pattern in patterns():
        for text in HOSTILE:
            subject = text.encode() if isinstance(pattern.pattern, bytes) else text
            started = time.process_time()
            pattern.fullmatch(subject)
            pattern.match(subject)
            if time.process_time() - started > 0.5:
                slow.append((where, text[:20], time.process_time() - started))

    assert slow == []

"""Nothing else in the server calls out: one guarded client for every address that a user gave."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture.tree import SOURCE, parsed, shown

#: The room of the guarded client; and what runs on a bot author's or an operator's own machine.
MAY_CALL = {"delivery", "bot", "cli", "control"}
CLIENTS = {"aiohttp", "httpx", "requests", "urllib3", "http.client", "urllib.request", "smtplib", "ftplib", "telnetlib"}
OPENERS = {"open_connection", "create_connection", "sock_connect", "urlopen"}


@pytest.mark.guarantee("S15")
def test_only_the_room_of_the_guarded_client_imports_a_client() -> None:
    modules = [path for path in sorted(SOURCE.rglob("*.py")) if room(path) not in MAY_CALL]

    found = {shown(path): sorted(imports) for path in modules if (imports := clients_of(path))}

    assert modules
    assert found == {}


@pytest.mark.guarantee("S15")
def test_only_the_room_of_the_guarded_client_opens_connections() -> None:
    found = [
        f"{shown(path)}:{node.lineno}"
        for path in sorted(SOURCE.rglob("*.py"))
        if room(path) not in MAY_CALL
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute | ast.Name) and name_of(node) in OPENERS
    ]

    assert found == []


@pytest.mark.guarantee("S15")
def test_sessions_and_connectors_are_made_in_one_place_each() -> None:
    makers = {
        name_of(node.func): shown(path)
        for path in sorted((SOURCE / "delivery").rglob("*.py"))
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and name_of(node.func) in {"ClientSession", "TCPConnector"}
    }

    assert makers == {
        "ClientSession": "src/frontdesk/delivery/client.py",
        "TCPConnector": "src/frontdesk/delivery/guard.py",
    }


def room(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0]


def clients_of(path: Path) -> set[str]:
    imported = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            imported |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {one for one in imported if one in CLIENTS or one.split(".", maxsplit=1)[0] in CLIENTS}


def name_of(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""

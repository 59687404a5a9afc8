"""Small manners that a linter does not know: names, first sentences, no notes to self."""

from __future__ import annotations

import ast
import re

from tests.architecture.tree import PYTHON_FOLDERS, ROOT, SOURCE, WEB_KINDS, files, parsed, python_files, shown

HOMELESS = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
TEXTS = [
    *files(*PYTHON_FOLDERS, "web", "docs", "requirements", kinds={".py", ".sql", ".md", ".toml", *WEB_KINDS}),
    *(path for path in sorted(ROOT.iterdir()) if path.suffix in {".md", ".toml", ""} and path.is_file()),
]
NOTE_TO_SELF = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|X{3})\b")
ROOMS = sorted(path for path in SOURCE.iterdir() if path.is_dir() and (path / "__init__.py").exists())


def test_a_module_opens_with_one_sentence() -> None:
    opening = {
        shown(path): (ast.get_docstring(parsed(path)) or "").split("\n\n")[0].replace("\n", " ")
        for path in python_files("src", "scripts", "examples", "benchmarks")
        if path.name != "__init__.py" or path.read_text(encoding="utf-8").strip()
    }

    wrong = {path: text for path, text in opening.items() if not re.fullmatch(r"[A-Z`].*[^.]\.", text)}

    assert not wrong


def test_a_module_is_named_for_what_it_holds() -> None:
    modules = [*python_files(), *files("web", kinds=WEB_KINDS)]

    homeless = [shown(path) for path in modules if {path.stem.lower(), path.parent.name.lower()} & HOMELESS]

    assert not homeless, "name the real home"


def test_nobody_leaves_notes_to_self() -> None:
    found = [shown(path) for path in TEXTS if NOTE_TO_SELF.search(path.read_text(encoding="utf-8", errors="replace"))]

    assert not found


def test_no_name_is_rebound_in_a_module_by_a_function() -> None:
    found = [
        f"{shown(path)}:{node.lineno}"
        for path in python_files("src", "examples")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Global)
    ]

    assert not found


def test_a_room_says_what_it_is_for() -> None:
    silent = [shown(room) for room in ROOMS if not ast.get_docstring(parsed(room / "__init__.py"))]

    assert not silent

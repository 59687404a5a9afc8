"""The docs are complete, and their links lead somewhere."""

from __future__ import annotations

import re

import click
import pytest

from frontdesk.cli import main
from frontdesk.core import refusals
from frontdesk.protocol.problems import CATALOGUE
from frontdesk.protocol.schema import components, generated_files
from frontdesk.settings import described
from scripts.docs import PAGES, REFERENCE
from scripts.pages.cli import commands
from tests.architecture.tree import ROOT, files, shown

PARTS = ("tutorial", "howto", "reference", "explanation")
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
PAGES_WRITTEN = [*files("docs", kinds={".md"}), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_up_to_date(name: str) -> None:
    assert (REFERENCE / name).read_text(encoding="utf-8") == PAGES[name](), "run `make docs`"


def test_generated_schema_and_types_are_up_to_date() -> None:
    stale = [path for path, text in generated_files().items() if (ROOT / path).read_text(encoding="utf-8") != text]

    assert not stale, "run `make schema`"


def test_every_setting_command_problem_and_record_has_its_place() -> None:
    wanted = {
        "settings.md": [f"`{one.key}`" for one in described()],
        "cli.md": [f"## {path}\n" for path, _ in commands(main, path="frontdesk")],
        "problems.md": [f"`{code}`" for code in CATALOGUE],
        "records.md": [f"## {name}\n" for name in components()],
    }

    missing = {
        f"{page}: {word.strip()}"
        for page, words in wanted.items()
        for word in words
        if word not in (REFERENCE / page).read_text(encoding="utf-8")
    }

    assert not missing


def test_every_command_and_option_says_what_it_does() -> None:
    found = dict(commands(main, path="frontdesk"))

    silent = [path for path, command in found.items() if not command.help]
    silent += [
        f"{path} {option.opts[-1]}"
        for path, command in found.items()
        for option in command.params
        if isinstance(option, click.Option) and not option.help
    ]

    assert not silent


def test_every_refusal_says_what_it_refuses() -> None:
    kinds = [kind for kind in vars(refusals).values() if isinstance(kind, type) and issubclass(kind, refusals.Refusal)]

    assert [kind.__name__ for kind in kinds if not (kind.__doc__ or "").strip().endswith(".")] == []


def test_every_page_is_listed_in_the_index() -> None:
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")

    pages = [path for part in PARTS for path in files(f"docs/{part}", kinds={".md"})]

    assert [shown(path) for path in pages if f"({path.relative_to(ROOT / 'docs').as_posix()})" not in index] == []


def test_links_lead_to_files_that_exist() -> None:
    broken = [
        f"{shown(path)}: {target}"
        for path in PAGES_WRITTEN
        for target in LINK.findall(FENCED.sub("", path.read_text(encoding="utf-8")))
        if "://" not in target and not target.startswith(("#", "mailto:"))
        if not (path.parent / target.split("#")[0]).exists()
    ]

    assert not broken

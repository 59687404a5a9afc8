"""The page of all shell commands."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import cleandoc

import click

from frontdesk.cli import main
from scripts.pages.markdown import code, page, table


def commands(command: click.Command, *, path: str) -> Iterator[tuple[str, click.Command]]:
    """Yield every command below this one that does something, with the words that call it."""
    if not isinstance(command, click.Group):
        yield path, command
        return
    for name, inner in command.commands.items():
        if not inner.hidden:
            yield from commands(inner, path=f"{path} {name}")


def render() -> str:
    """Return the page."""
    found = [("frontdesk", main), *commands(main, path="frontdesk")]
    return page("Commands", *(block for path, command in found for block in blocks(path, command=command)))


def blocks(path: str, *, command: click.Command) -> Iterator[str]:
    """Yield what the page says of one command."""
    context = click.Context(command, info_name=path, max_content_width=100)
    yield f"## {path}"
    yield f"    {path} {' '.join(command.collect_usage_pieces(context))}".rstrip()
    yield cleandoc((command.help or "").replace("\b\n", ""))
    records = [
        record
        for option in command.params
        if isinstance(option, click.Option) and (record := option.get_help_record(context))
    ]
    if records:
        yield table(("option", "meaning"), [(code(names), text) for names, text in records])

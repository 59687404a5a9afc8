"""The page of all shell commands."""

from __future__ import annotations

from collections.abc import Iterator

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
    found = list(commands(main, path="frontdesk"))
    return page(
        "Commands",
        "What the shell command `frontdesk` does. With a server running on the same data folder, commands go "
        "through it; otherwise they open the store themselves.",
        *(block for path, command in found for block in blocks(path, command=command)),
    )


def blocks(path: str, *, command: click.Command) -> Iterator[str]:
    """Yield what the page says of one command."""
    context = click.Context(command, info_name=path)
    yield f"## {path}"
    yield f"    {path} {' '.join(command.collect_usage_pieces(context))}".rstrip()
    yield (command.help or "").replace("\b\n", "").strip()
    rows = [
        (" ".join(code(name) for name in option.opts), shown_default(option), option.help or "")
        for option in command.params
        if isinstance(option, click.Option) and not option.hidden
    ]
    if rows:
        yield table(("option", "default", "meaning"), rows)


def shown_default(option: click.Option) -> str:
    """Return the default as a person would type it."""
    if option.required:
        return "required"
    plain = isinstance(option.default, str | int | float) and not isinstance(option.default, bool)
    return code(str(option.default)) if plain else ""

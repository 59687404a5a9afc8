"""`frontdesk group`: operator groups."""

from __future__ import annotations

import click
from rich.table import Table

from frontdesk.actions.configure import AddGroup
from frontdesk.cli.shell import ask, console, json_option, print_json


@click.group()
def group() -> None:
    """Operator groups: who shares a kind of work."""


@group.command("add")
@click.argument("name")
@json_option
@click.pass_context
def add(context: click.Context, /, name: str, *, as_json: bool) -> None:
    """Add the operator group NAME."""
    made = ask(context, lambda office: office.run(AddGroup(name=name)))
    if as_json:
        print_json(made)
    else:
        console().print(f"Added group {made.id}: {made.name}.")


@group.command("list")
@json_option
@click.pass_context
def listed(context: click.Context, /, *, as_json: bool) -> None:
    """List the operator groups, with their widgets and bots."""
    directory = ask(context, lambda office: office.directory())
    groups = sorted(directory.groups.values(), key=lambda one: one.id)
    if as_json:
        print_json(groups)
        return
    table = Table("no.", "name", "widgets", "bots", box=None)
    for one in groups:
        widgets = [other.name for other in directory.widgets.values() if one.id in other.groups]
        bots = [other.name for other in directory.bots.values() if one.id in other.groups]
        table.add_row(str(one.id), one.name, ", ".join(widgets), ", ".join(bots))
    console().print(table if groups else "There is no group yet: frontdesk group add NAME")

"""`frontdesk widget`: messengers on websites."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import escape
from typing import Any

import click
from rich.table import Table

from frontdesk.actions.configure import AddWidget, SaveWidget
from frontdesk.cli.find import groups_named, widget_named
from frontdesk.cli.shell import ask, console, given, json_option, print_json, settings_of
from frontdesk.control.office import Office
from frontdesk.core.ids import WidgetId
from frontdesk.core.people import Directory, Widget

_LOOK = ("accent", "side", "title", "welcome")


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(
        (
            click.option("--domain", "domains", multiple=True, help="A website's host (host:port where it has one)."),
            click.option("--group", "groups", multiple=True, help="A group that answers: name or number."),
            click.option("--language", help="The language it speaks, such as en or de."),
            click.option("--accent", help="Its colour, as #rrggbb."),
            click.option("--side", type=click.Choice(["left", "right"]), help="The corner it sits in."),
            click.option("--title", help="The line at the top of the panel."),
            click.option("--welcome", help="What it says before the first message."),
            click.option("--timeout", "live_timeout_s", type=int, help="Seconds of silence that end a bot's session."),
            click.option("--starts-on", type=click.Choice(["open", "message"]), help="What begins a conversation."),
            click.option(
                "--approach",
                "approach_mode",
                type=click.Choice(["normal", "proactive"]),
                help="Whether it opens by itself.",
            ),
            click.option("--after", "proactive_after_s", type=int, help="Seconds until a proactive widget opens."),
        )
    ):
        command = option(command)
    return command


@click.group()
def widget() -> None:
    """Widgets: messengers on websites."""


@widget.command("add")
@click.argument("name")
@click.option("--key", default="", help="The public name in the snippet; made up where it is left out.")
@_options
@json_option
@click.pass_context
def add(context: click.Context, /, name: str, key: str, *, as_json: bool, **options: Any) -> None:
    """Add a widget called NAME, and print the snippet for the website."""

    async def added(office: Office) -> Widget:
        plan = _changed(Widget(id=WidgetId(0), key=key, name=name), options, directory=await office.directory())
        return await office.run(AddWidget(widget=plan))

    made = ask(context, added)
    if as_json:
        print_json(made)
        return
    console().print(f"Added widget {made.key}: {made.name}. Put this on every page:\n")
    click.echo(snippet_of(made, url=settings_of(context).url))
    if not made.domains:
        console().print("\nNo website may use it yet: frontdesk widget edit", made.key, "--domain HOST")


@widget.command("edit")
@click.argument("key", metavar="WIDGET")
@click.option("--name", help="What it is called.")
@_options
@json_option
@click.pass_context
def edit(context: click.Context, /, key: str, name: str | None, *, as_json: bool, **options: Any) -> None:
    """Change settings of WIDGET (its key, number or name). A list that is given replaces the old one."""

    async def edited(office: Office) -> Widget:
        directory = await office.directory()
        before = widget_named(directory, key)
        after = _changed(before, {**options, "name": name}, directory=directory)
        return await office.run(SaveWidget(before=before, after=after))

    saved = ask(context, edited)
    if as_json:
        print_json(saved)
    else:
        console().print(f"Saved widget {saved.key}: {saved.name}.")


@widget.command("list")
@json_option
@click.pass_context
def listed(context: click.Context, /, *, as_json: bool) -> None:
    """List the widgets."""
    directory = ask(context, lambda office: office.directory())
    widgets = sorted(directory.widgets.values(), key=lambda one: one.id)
    if as_json:
        print_json(widgets)
        return
    table = Table("key", "name", "domains", "groups", "language", "starts on", box=None)
    for one in widgets:
        groups = ", ".join(directory.groups[group].name for group in one.groups)
        table.add_row(one.key, one.name, ", ".join(one.domains), groups, one.language, one.starts_on)
    console().print(table if widgets else "There is no widget yet: frontdesk widget add NAME --domain HOST")


@widget.command("snippet")
@click.argument("key", metavar="WIDGET")
@json_option
@click.pass_context
def snippet(context: click.Context, /, key: str, *, as_json: bool) -> None:
    """Print the line of HTML that puts WIDGET (its key, number or name) on a page."""
    directory = ask(context, lambda office: office.directory())
    text = snippet_of(widget_named(directory, key), url=settings_of(context).url)
    if as_json:
        print_json({"snippet": text})
    else:
        click.echo(text)


def snippet_of(one: Widget, *, url: str) -> str:
    """Return the script element of a widget whose platform is at `url`."""
    # The launcher is drawn before the widget's look arrives; without these it would change before the visitor's eyes.
    look = f' data-accent="{escape(one.look.accent)}"' + (' data-side="left"' if one.look.side == "left" else "")
    return f'<script async src="{escape(url)}/loader.js" data-widget="{escape(one.key)}"{look}></script>'


def _changed(one: Widget, options: dict[str, Any], *, directory: Directory) -> Widget:
    wanted = given(options)
    if "groups" in wanted:
        wanted["groups"] = groups_named(directory, wanted["groups"])
    look = {name: wanted.pop(name) for name in _LOOK if name in wanted}
    return replace(one, **wanted, look=replace(one.look, **look))

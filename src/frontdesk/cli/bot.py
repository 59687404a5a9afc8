"""`frontdesk bot`: chatbots."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import click
from rich.table import Table

from frontdesk.actions.configure import OVERLAP_S, AddBot, IssueToken, NewBot, RotateSecret, SaveBot
from frontdesk.cli.find import bot_named, groups_named
from frontdesk.cli.shell import Refused, ask, console, given, json_option, plain, print_json, settings_of
from frontdesk.cli.trial import print_trial
from frontdesk.control.office import Office
from frontdesk.core.ids import BotId
from frontdesk.core.people import Bot, Directory
from frontdesk.protocol.api import EVENTS_PATH


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(
        (
            click.option("--group", "groups", multiple=True, help="A group that it answers for: name or number."),
            click.option("--header", "headers", multiple=True, help="'Name: value', sent with every call."),
            click.option("--slots", type=int, help="Live conversations at once."),
            click.option("--deadline", "deadline_s", type=int, help="Seconds it has to answer, 1 to 60."),
            click.option(
                "--idempotent/--not-idempotent",
                default=None,
                help="Whether it knows an event it has seen, and may be asked again.",
            ),
            click.option(
                "--on-failure",
                type=click.Choice(["handover", "next_bot", "message"]),
                help="What happens to a conversation where it fails.",
            ),
            click.option("--failure-line", help="What the contact reads then."),
            click.option("--patience-after", "patience_after_s", type=int, help="Seconds until that line; 0: never."),
            click.option("--patience-line", help="What the contact reads while it takes long."),
            click.option(
                "--event",
                "events",
                multiple=True,
                type=click.Choice(["session_ended", "forward_failed", "file"]),
                help="An event it wants beyond start, message and click.",
            ),
            click.option(
                "--page-query/--no-page-query",
                "sees_page_query",
                default=None,
                help="Whether it sees the page's query.",
            ),
            click.option(
                "--typed-options/--no-typed-options", default=None, help="Whether a typed option counts as the click."
            ),
        )
    ):
        command = option(command)
    return command


@click.group()
def bot() -> None:
    """Chatbots: where they are reached, and their keys."""


@bot.command("add")
@click.argument("name")
@click.option("--webhook-url", required=True, help="Where events are posted to.")
@click.option("--paste-token", is_flag=True, help="Read the API token from standard input instead of making one.")
@_options
@json_option
@click.pass_context
def add(context: click.Context, /, name: str, *, paste_token: bool, as_json: bool, **options: Any) -> None:
    """Add a chatbot called NAME; prints its API URL, token and signing secret, the token this once only."""
    token = _pasted() if paste_token else None

    async def added(office: Office) -> NewBot:
        plan = Bot(id=BotId(0), public_id="", first_name=name, webhook_url="")
        changed = _changed(plan, options, directory=await office.directory())
        return await office.run(AddBot(bot=changed, token=token))

    made = ask(context, added)
    url = api_url(made.bot, url=settings_of(context).url)
    if as_json:
        print_json({"id": made.bot.id, "api_url": url, "token": made.token, "secret": made.secret})
        return
    console().print(f"Added bot {made.bot.id}: {made.bot.name}. Its keys; the token is not shown again:\n")
    click.echo(f"export FRONTDESK_API_URL={url}")
    click.echo(f"export FRONTDESK_TOKEN={made.token}")
    click.echo(f"export FRONTDESK_SIGNING_SECRET={made.secret}")


@bot.command("edit")
@click.argument("name", metavar="BOT")
@click.option("--first-name", help="What it is called.")
@click.option("--last-name", help="Its second name.")
@click.option("--webhook-url", help="Where events are posted to.")
@click.option("--paused/--resumed", default=None, help="Whether it is left out of routing.")
@_options
@json_option
@click.pass_context
def edit(context: click.Context, /, name: str, *, as_json: bool, **options: Any) -> None:
    """Change settings of BOT (its number or name). A list that is given replaces the old one."""

    async def edited(office: Office) -> Bot:
        directory = await office.directory()
        before = bot_named(directory, name)
        return await office.run(SaveBot(before=before, after=_changed(before, options, directory=directory)))

    saved = ask(context, edited)
    if as_json:
        print_json(_public(saved, url=settings_of(context).url))
    else:
        console().print(f"Saved bot {saved.id}: {saved.name}.")


@bot.command("list")
@json_option
@click.pass_context
def listed(context: click.Context, /, *, as_json: bool) -> None:
    """List the chatbots."""
    directory = ask(context, lambda office: office.directory())
    url = settings_of(context).url
    bots = sorted(directory.bots.values(), key=lambda one: one.id)
    if as_json:
        print_json([_public(one, url=url) for one in bots])
        return
    table = Table("no.", "name", "webhook", "groups", "slots", "tokens", "state", box=None)
    for one in bots:
        groups = ", ".join(directory.groups[group].name for group in one.groups)
        tokens = ", ".join(f"{token.prefix}…" for token in one.tokens)
        table.add_row(str(one.id), plain(one.name), one.webhook_url, groups, str(one.slots), tokens, _state(one))
    console().print(table if bots else "There is no bot yet: frontdesk bot add NAME --webhook-url URL")


@bot.command("token")
@click.argument("name", metavar="BOT")
@click.option("--overlap", default=OVERLAP_S, show_default=True, help="Seconds that the old one stays valid.")
@click.option("--secret", is_flag=True, help="Replace the signing secret instead of the API token.")
@click.option("--paste", is_flag=True, help="Read the API token from standard input instead of making one.")
@json_option
@click.pass_context
def token(context: click.Context, /, name: str, overlap: int, *, secret: bool, paste: bool, as_json: bool) -> None:
    """Give BOT (its number or name) a new API token or signing secret, and print it."""
    if secret and paste:
        raise click.UsageError("A signing secret is always made up: leave out --paste.")
    pasted = _pasted() if paste else None

    async def issued(office: Office) -> str:
        bot_id = bot_named(await office.directory(), name).id
        if secret:
            return await office.run(RotateSecret(bot_id=bot_id, overlap_s=overlap))
        return await office.run(IssueToken(bot_id=bot_id, token=pasted, overlap_s=overlap))

    made = ask(context, issued)
    if as_json:
        print_json({"secret" if secret else "token": made})
    else:
        click.echo(made)


@bot.command("test")
@click.argument("name", metavar="BOT")
@json_option
@click.pass_context
def test(context: click.Context, /, name: str, *, as_json: bool) -> None:
    """Call the webhook of BOT (its number or name) with a sample `start`; exit code 1 where it fails.

    The call names a session that does not exist; nothing is stored. A second call is signed with a wrong secret: a bot
    that accepts it does not check signatures. A bot that was offline because it kept failing, and answers now, gets new
    conversations again at once.
    """

    async def tried(office: Office) -> Any:
        return await office.trial(bot_named(await office.directory(), name).id)

    trial = ask(context, tried)
    if as_json:
        print_json(trial)
    else:
        print_trial(trial)
    if trial.record.outcome != "ok":
        context.exit(1)


def api_url(one: Bot, *, url: str) -> str:
    """Return the bot's API URL on the platform at `url`."""
    return url + EVENTS_PATH.format(public_id=one.public_id)


def _state(one: Bot) -> str:
    """Return why new conversations pass the bot by; nothing where they do not."""
    if one.paused:
        return "paused"
    circuit = one.circuit
    match circuit.state:
        case "closed":
            return ""
        case "probing":
            return f"offline ({circuit.fault}), being tried"
        case "open":
            due = datetime.fromtimestamp((circuit.probe_at or 0) / 1000, UTC)
            return f"offline ({circuit.fault}), next try {due:%H:%M:%S} UTC"


def _changed(one: Bot, options: dict[str, Any], *, directory: Directory) -> Bot:
    wanted = given(options)
    if "groups" in wanted:
        wanted["groups"] = groups_named(directory, wanted["groups"])
    if "events" in wanted:
        wanted["events"] = frozenset(wanted["events"])
    headers = wanted.pop("headers", None)
    if headers is not None:
        wanted["webhook_headers"] = tuple(_header(line) for line in headers)
    return replace(one, **wanted)


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon:
        raise Refused(f"--header {line!r} is not a header; expected 'Name: value'.")
    return name.strip(), value.strip()


def _public(one: Bot, *, url: str) -> dict[str, Any]:
    """Return what may be printed of a bot: no secret, no hash."""
    shown = {name: getattr(one, name) for name in Bot.__dataclass_fields__ if name not in {"tokens", "secrets"}}
    shown["webhook_headers"] = [name for name, _ in one.webhook_headers]
    shown["tokens"] = [{"prefix": token.prefix, "expires_at": token.expires_at} for token in one.tokens]
    return {**shown, "api_url": api_url(one, url=url)}


def _pasted() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("API token", hide_input=True))
    return sys.stdin.readline().strip()

"""`frontdesk demo`: the server with a shop and a bot to try it on."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace

import click
import uvloop

from frontdesk.actions.configure import AddBot, AddGroup, AddWidget, IssueToken, SaveBot
from frontdesk.app import Store, Surroundings, build
from frontdesk.cli.bot import api_url
from frontdesk.cli.example import ExampleBroken, example_bot, free_port, shop_pages
from frontdesk.cli.serve import serve_until_stopped
from frontdesk.cli.shell import Unreachable, console, run, settings_of
from frontdesk.core.ids import BotId, GroupId, WidgetId
from frontdesk.core.people import Bot, Look, Widget
from frontdesk.logs import configure_logs
from frontdesk.settings import Settings

GROUP = "Support"
BOT = "Fern & Kettle"
WIDGET = "demo"
LOCAL = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cast:
    """The bot of the demo, and its key for this run."""

    bot: Bot
    token: str


@click.command()
@click.option("--host", help="The address to listen on, instead of FRONTDESK_HOST.")
@click.option("--port", help="The port to listen on, instead of FRONTDESK_PORT.")
@click.option("--verbose", is_flag=True, help="Print the log, too.")
@click.pass_context
def demo(context: click.Context, host: str | None, port: str | None, *, verbose: bool) -> None:
    """Run the server with a demo shop and its order-status bot; what they need is made at the first run."""
    settings = settings_of(context, host=host, port=port)
    settings = replace(settings, port=settings.port or free_port(), allowed_private=(*settings.allowed_private, LOCAL))
    configure_logs(settings.log_format, level=20 if verbose else 30)

    async def played() -> None:
        try:
            await _play(settings)
        except ExampleBroken as wrong:
            raise Unreachable(str(wrong)) from None

    run(played, loop_factory=uvloop.new_event_loop)


async def _play(settings: Settings) -> None:
    out = console()
    out.print(f"Opening the store in {settings.data} …")
    app = await build(settings, surroundings=_shop(settings))
    try:
        port = free_port()
        actors = await _cast(app.store, port=port)
        out.print(f"Starting the bot {BOT} …")
        async with example_bot("order_status", port=port, environ=_environ(actors, settings=settings, port=port)):
            await app.start()
            _print_addresses(settings)
            await serve_until_stopped(app)
    finally:
        await app.stop()


def _shop(settings: Settings) -> Surroundings:
    return Surroundings(shop=shop_pages(loader_url=f"{settings.url}/loader.js", widget_key=WIDGET))


def _print_addresses(settings: Settings) -> None:
    lines = [f"  {what:<29}  {where}" for what, where in hints(settings, called_as=sys.argv[0])]
    console().print("\n" + "\n".join(lines) + "\n")


def hints(settings: Settings, *, called_as: str) -> list[tuple[str, str]]:
    """Return what to open and what to type; `called_as` is how this shell finds the command."""
    # An absolute path stands there too where the shell has looked the command up; a relative one was typed.
    relative = "/" in called_as and not called_as.startswith("/")
    command = called_as if relative else "frontdesk"
    elsewhere = "" if settings.url == Settings().url else f" --url {settings.url}"
    return [
        ("The shop, with the widget", f"{settings.url}/"),
        ("A page with the tightest CSP", f"{settings.url}/guide"),
        ("The same in the terminal", f"{command} chat{elsewhere}"),
        ("What the bot is told", f"{command} deliveries --follow"),
        ("To stop", "Ctrl-C"),
    ]


async def _cast(store: Store, *, port: int) -> _Cast:
    """Make the group, the widget and the bot where they are not there yet, and give the bot a token for this run."""
    directory = store.reader.directory()
    group = directory.group_named(GROUP)
    if group is None:
        group = await store.ledger.run(AddGroup(name=GROUP))
    if directory.widget_by_key(WIDGET) is None:
        await store.ledger.run(AddWidget(widget=_widget(group.id)))
    url = f"http://{LOCAL}:{port}/"
    bot = next((one for one in directory.bots.values() if one.name == BOT), None)
    if bot is None:
        plan = Bot(id=BotId(0), public_id="", first_name=BOT, webhook_url=url, groups=(group.id,), idempotent=True)
        made = await store.ledger.run(AddBot(bot=plan))
        return _Cast(bot=made.bot, token=made.token)
    bot = await store.ledger.run(SaveBot(before=bot, after=replace(bot, webhook_url=url)))
    token = await store.ledger.run(IssueToken(bot_id=bot.id, overlap_s=0))
    return _Cast(bot=bot, token=token)


def _widget(group_id: GroupId) -> Widget:
    look = Look(title="Fern & Kettle", welcome="Hello! Ask us anything about our teas or your order.")
    return Widget(id=WidgetId(0), key=WIDGET, name="Demo shop", groups=(group_id,), look=look)


def _environ(actors: _Cast, *, settings: Settings, port: int) -> dict[str, str]:
    return {
        "FRONTDESK_API_URL": api_url(actors.bot, url=settings.url),
        "FRONTDESK_TOKEN": actors.token,
        "FRONTDESK_SIGNING_SECRET": actors.bot.secrets[0].secret,
        "ORDER_STATUS_HOST": LOCAL,
        "ORDER_STATUS_PORT": str(port),
        "ORDER_STATUS_GROUP": GROUP,
    }

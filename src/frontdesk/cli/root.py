"""All commands under one name."""

from __future__ import annotations

import click

import frontdesk
from frontdesk.cli.backup import backup, restore
from frontdesk.cli.bot import bot
from frontdesk.cli.chat import chat
from frontdesk.cli.deliveries import deliveries
from frontdesk.cli.demo import demo
from frontdesk.cli.doctor import doctor
from frontdesk.cli.group import group
from frontdesk.cli.serve import serve
from frontdesk.cli.shell import Flags
from frontdesk.cli.widget import widget


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--data", metavar="FOLDER", help="The data folder, instead of FRONTDESK_DATA or ./.data.")
@click.version_option(frontdesk.__version__, prog_name="frontdesk")
@click.pass_context
def main(context: click.Context, data: str | None) -> None:
    """Self-hosted live chat in which bots are operators.

    Commands go through the running server where one runs on the same data folder, and open the store themselves
    otherwise. Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 wrong settings, or neither server nor store
    can be reached.
    """
    context.obj = Flags(data=data)


for command in (serve, demo, bot, widget, group, deliveries, chat, doctor, backup, restore):
    main.add_command(command)

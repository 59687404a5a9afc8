"""Serves the bot: `python -m examples.order_status`. README.md lists the settings."""

from __future__ import annotations

import os
from functools import partial

from frontdesk.bot import Bot

from .bot import Shop, create_bot
from .orders import look_up


def main() -> None:
    """Read the environment and serve."""
    shop = Shop(
        look_up=partial(look_up, delay_s=float(os.environ.get("ORDER_STATUS_DELAY_S", "2"))),
        group=os.environ.get("ORDER_STATUS_GROUP") or None,
        media_base=os.environ.get("ORDER_STATUS_MEDIA_BASE") or None,
        order_page=os.environ.get("ORDER_STATUS_ORDER_PAGE", "order-{number}"),
    )
    host, port = os.environ.get("ORDER_STATUS_HOST", "127.0.0.1"), int(os.environ.get("ORDER_STATUS_PORT", "8001"))
    create_bot(Bot.from_env(), shop=shop).run(host, port)


if __name__ == "__main__":
    main()

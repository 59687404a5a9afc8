"""Answers the questions a shop hears most: where is my order, how do I return something, may I talk to somebody."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urljoin

from frontdesk.bot import Bot, Card, Chat, LateChat

from .orders import Order, Product

DELIVERY = "Delivery status of an order"
RETURN = "Return an item"
HUMAN = "Talk to a human"
SHOW = "Show me the order"
ANOTHER = "Look up another order"
DONE = "That is all, thank you"

NUMBER = r"\b(\d{4,8})\b"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """What the bot has to know of its shop."""

    look_up: Callable[[str], Awaitable[Order | None]]
    #: Operator group for those who want a human; None: anybody.
    group: str | None = None
    #: Where the products' pictures are, an https URL; None: cards without pictures.
    media_base: str | None = None
    #: The page of an order, relative to the page that the contact is on.
    order_page: str = "order-{number}"


def create_bot(bot: Bot, *, shop: Shop) -> Bot:
    """Give the bot its handlers. The first that fits is called, so a number is looked for before anything else."""
    _add_delivery(bot, shop)
    _add_returns(bot)
    _add_ways_out(bot, shop)
    _add_kindness(bot)

    @bot.on_start
    async def greet(chat: Chat) -> None:
        if chat.approach_mode == "proactive":
            offer(chat, "Hello! I am the shop's bot. In case you wonder about one of these, just ask:")
            return
        name = f", {chat.contact.name.split()[0]}" if chat.contact.name and chat.contact.name.strip() else ""
        chat.reply(f"Hello{name}, and welcome to Fern & Kettle! I am the shop's bot.")
        offer(chat, "What can I do for you?")

    return bot


def offer(chat: Chat, question: str) -> None:
    """Show what the bot can do."""
    chat.step = None
    chat.bubbles(question, [DELIVERY, RETURN, HUMAN])


def farewell(chat: Chat) -> None:
    """Say goodbye and end."""
    chat.reply("Enjoy your tea, and come back whenever you like.")
    chat.end()


def _add_delivery(bot: Bot, shop: Shop) -> None:
    @bot.on_click(DELIVERY)
    @bot.on_click(ANOTHER)
    async def ask_number(chat: Chat) -> None:
        chat.reply("Sure. What is the order number? It is in the subject of our mail, like 1042.")
        chat.step = "number"
        chat.context.pop("asked_again", None)

    @bot.on_message(NUMBER)
    async def look_up(chat: Chat) -> None:
        assert chat.match is not None
        chat.step = None
        chat.context["order"] = chat.match[1]
        chat.reply("One moment, I am looking that up.")
        chat.typing(30)
        chat.later(tell, chat.match[1])

    async def tell(late: LateChat, number: str) -> None:
        order = await shop.look_up(number)
        if order is None:
            late.bubbles(f"I cannot find an order {number}. Was it another number?", [ANOTHER, HUMAN])
            late.step = "number"
            return
        late.reply(f"**Order {number}: {order.status}.** {order.note}", markdown=True)
        late.carousel("This is in your parcel:", [_card(product, shop) for product in order.products])
        late.bubbles("What next?", [SHOW, ANOTHER, HUMAN, DONE])

    @bot.on_late_failure
    async def apologise(late: LateChat) -> None:
        late.bubbles("I cannot reach our order system just now. I am sorry!", [HUMAN, ANOTHER])

    @bot.on_click(SHOW)
    async def show(chat: Chat) -> None:
        page = _order_url(chat, shop)
        if page == chat.conversation.url:
            chat.reply("You are looking at it: it is the page behind this chat.")
        else:
            chat.reply("Here we go.")
            chat.navigate(page, fallback="You find your order here: {{link}}")
        chat.bubbles("Is there anything else?", [ANOTHER, HUMAN, DONE])


def _add_returns(bot: Bot) -> None:
    @bot.on_click(RETURN)
    @bot.on_message(r"\b(return|refund|send (it|them) back)\b")
    async def returns(chat: Chat) -> None:
        chat.reply(
            "You can return anything within 30 days, opened tins too:\n\n"
            "1. Put it in a box, any box.\n"
            "2. Write the order number on a slip of paper.\n"
            "3. Hand it in at any parcel shop: the label is in our mail.\n\n"
            "The money is back within **five days** of its arrival.",
            markdown=True,
        )
        chat.bubbles("Does that help?", [DONE, DELIVERY, HUMAN])


def _add_ways_out(bot: Bot, shop: Shop) -> None:
    @bot.on_click(HUMAN)
    @bot.on_message(r"\b(human|person|somebody|someone|operator|agent)\b")
    async def human(chat: Chat) -> None:
        hand_over(chat, shop)

    @bot.on_click(DONE)
    async def done(chat: Chat) -> None:
        farewell(chat)

    @bot.on_click
    async def product(chat: Chat) -> None:
        chat.reply(f"{chat.headline}: a good choice. Everything else about it a human can tell you.")
        chat.bubbles("What next?", [SHOW, ANOTHER, HUMAN, DONE] if "order" in chat.context else [DELIVERY, HUMAN, DONE])


def _add_kindness(bot: Bot) -> None:
    @bot.on_message(r"\b(thanks?|thank you|cheers)\b")
    async def welcome(chat: Chat) -> None:
        offer(chat, "With pleasure. Is there anything else?")

    @bot.on_message(r"\b(bye|goodbye)\b")
    async def goodbye(chat: Chat) -> None:
        farewell(chat)

    @bot.on_message(step="number")
    async def no_number(chat: Chat) -> None:
        if chat.context.get("asked_again"):
            offer(chat, "I could not find a number in that. Shall we try something else?")
        else:
            chat.context["asked_again"] = True
            chat.reply("An order number has at least four digits. Could you look once more? In this demo 1042 is one.")

    @bot.on_message
    async def puzzled(chat: Chat) -> None:
        offer(chat, "I am only a small bot and did not quite get that. I am good at these:")


def hand_over(chat: Chat, shop: Shop) -> None:
    """Tell the human what it is about, and forward."""
    if chat.operators_online:
        chat.reply("Of course. I get somebody for you.")
    else:
        chat.reply("Of course. My colleagues are away just now, so I put it on their desk.")
    order = chat.context.get("order")
    chat.note(f"Asked about order {order}." if order else "Asked for a human; no order was named.")
    chat.forward(shop.group)


def _card(product: Product, shop: Shop) -> Card:
    media = shop.media_base and urljoin(shop.media_base, f"{product.picture}.png")
    return Card(headline=product.name, subheadline=product.detail, media=media)


def _order_url(chat: Chat, shop: Shop) -> str:
    page = shop.order_page.format(number=chat.context["order"])
    return urljoin(chat.conversation.url or "https://shop.example/", page)

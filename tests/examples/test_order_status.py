"""The order status example, as dialogues."""

from __future__ import annotations

from functools import partial

import msgspec

from examples.order_status import Order, create_bot, look_up
from examples.order_status.bot import ANOTHER, DELIVERY, DONE, HUMAN, RETURN, SHOW, Shop
from frontdesk.bot import Bot, Dialogue
from frontdesk.protocol.events import CarouselEvent


def shop_bot(**wishes: str) -> Bot:
    return create_bot(Bot(), shop=Shop(look_up=partial(look_up, delay_s=0), **wishes))


async def test_the_flow_of_the_seed() -> None:
    async with Dialogue(shop_bot(group="Support"), url="http://127.0.0.1:8000/shop/") as talk:
        await talk.start()
        talk.shows("welcome to Fern & Kettle", "What can I do for you?")
        talk.shows_options(DELIVERY, RETURN, HUMAN)

        await talk.click(DELIVERY)
        talk.shows("What is the order number?")

        await talk.says("It is 1042, I think")
        talk.shows("One moment, I am looking that up.")
        await talk.later()
        talk.shows("Order 1042: On its way.", "This is in your parcel:", "Stoneware teapot", "What next?")
        talk.shows_options(SHOW, ANOTHER, HUMAN, DONE)

        await talk.click(SHOW)
        talk.navigated_to("http://127.0.0.1:8000/shop/order-1042")
        assert talk.context["order"] == "1042"
        talk.shows("Is there anything else?")


async def test_the_result_comes_after_the_announcement() -> None:
    async with Dialogue(shop_bot()) as talk:
        await talk.start()
        await talk.says("2077")
        await talk.later()

        talk.shows("One moment", "Packed")


async def test_nobody_is_sent_to_the_page_they_are_on() -> None:
    async with Dialogue(shop_bot(), url="https://shop.example/order-2077") as talk:
        await talk.start()
        await talk.says("2077")
        await talk.later()
        await talk.click(SHOW)

        talk.shows("You are looking at it")


async def test_a_chat_that_opened_by_itself_is_modest_and_an_empty_desk_is_admitted() -> None:
    async with Dialogue(shop_bot(), approach_mode="proactive", operators_online=False) as talk:
        await talk.start()
        talk.shows("In case you wonder")
        await talk.click(HUMAN)

        talk.shows("My colleagues are away just now")
        talk.forwarded_to(None)


async def test_what_is_no_number_is_answered_kindly() -> None:
    async with Dialogue(shop_bot()) as talk:
        await talk.start()
        await talk.click(DELIVERY)

        await talk.says("the blue one")
        talk.shows("at least four digits")
        await talk.says("you know, the blue one!")
        talk.shows("could not find a number")
        talk.shows_options(DELIVERY, RETURN, HUMAN)


async def test_an_order_that_nobody_knows_leads_on() -> None:
    async with Dialogue(shop_bot()) as talk:
        await talk.start()
        await talk.says("99999")
        await talk.later()
        talk.shows("I cannot find an order 99999")

        await talk.click(ANOTHER)
        talk.shows("What is the order number?")


async def test_a_look_up_that_fails_is_confessed() -> None:
    async def broken(_number: str) -> Order | None:
        raise ConnectionError

    async with Dialogue(create_bot(Bot(), shop=Shop(look_up=broken))) as talk:
        await talk.start()
        await talk.says("1042")
        await talk.later(may_fail=True)

        talk.shows("I cannot reach our order system")
        talk.shows_options(HUMAN, ANOTHER)


async def test_a_human_is_told_what_it_is_about() -> None:
    async with Dialogue(shop_bot(group="Support")) as talk:
        await talk.start()
        await talk.says("3110")
        await talk.later()
        await talk.says("can I talk to a person?")

        assert talk.notes == ["Asked about order 3110."]
        talk.forwarded_to("Support")


async def test_a_return_is_explained_and_the_talk_ended() -> None:
    async with Dialogue(shop_bot()) as talk:
        await talk.start()
        await talk.click(RETURN)
        talk.shows("within 30 days", "Does that help?")
        await talk.click(DONE)

        talk.shows("Enjoy your tea")
        assert talk.ended


async def test_small_talk_is_answered() -> None:
    async with Dialogue(shop_bot(), contact={"name": "Ann Lee"}) as talk:
        await talk.start()
        talk.shows("Hello, Ann,")
        await talk.says("Thank you!")
        talk.shows("With pleasure.")
        await talk.says("what is the meaning of life")
        talk.shows("only a small bot")
        await talk.says("bye")
        assert talk.ended


async def test_a_click_on_a_product_is_answered() -> None:
    async with Dialogue(shop_bot()) as talk:
        await talk.start()
        await talk.says("1042")
        await talk.later()
        carousel = next(line for line in talk.lines if isinstance(line.packet, CarouselEvent))
        await talk.click("Stoneware teapot", of=carousel)

        talk.shows("Stoneware teapot: a good choice.")
        talk.shows_options(SHOW, ANOTHER, HUMAN, DONE)


async def test_pictures_come_from_the_place_that_is_set() -> None:
    async with Dialogue(shop_bot(media_base="https://pictures.example/tea/")) as talk:
        await talk.start()
        await talk.says("3110")
        await talk.later()

        cards = [line.packet for line in talk.lines if isinstance(line.packet, CarouselEvent)]
        assert msgspec.to_builtins(cards[0].payload.options)[0]["media"] == "https://pictures.example/tea/chamomile.png"

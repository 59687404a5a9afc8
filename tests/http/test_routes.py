"""Every route: who may call it, and what no response may lack."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest

from frontdesk.app import SOCKET_PATH
from frontdesk.http.assets import load_assets
from frontdesk.http.site import Site, litestar
from frontdesk.protocol.api import EVENTS_PATH
from tests.kit.bot_api import BotApi, bot_in_charge
from tests.kit.server import running_server

SECURITY = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
}


@dataclass(frozen=True)
class Rule:
    """What each caller gets from a route. `path` is as the router has it, `asked` as a caller writes it."""

    path: str
    asked: str
    method: str
    anonymous: int
    other_bot: int
    own_bot: int


RULES = (
    Rule("/", "/", "GET", anonymous=404, other_bot=404, own_bot=404),
    Rule("/live", "/live", "GET", anonymous=200, other_bot=200, own_bot=200),
    Rule("/ready", "/ready", "GET", anonymous=200, other_bot=200, own_bot=200),
    Rule("/metrics", "/metrics", "GET", anonymous=200, other_bot=200, own_bot=200),
    Rule("/api/openapi.json", "/api/openapi.json", "GET", anonymous=200, other_bot=200, own_bot=200),
    Rule("/{name:str}", "/passwd", "GET", anonymous=404, other_bot=404, own_bot=404),
    Rule(
        "/media/{conversation:str}/{seq:int}/{option:int}",
        f"/media/cv_{'0' * 32}/1/1",
        "GET",
        anonymous=404,
        other_bot=404,
        own_bot=404,
    ),
    Rule(EVENTS_PATH, EVENTS_PATH, "POST", anonymous=401, other_bot=401, own_bot=200),
)


def routes() -> Iterator[str]:
    nothing = cast("Any", None)
    site = Site(
        bot_calls=nothing,
        reader=nothing,
        media=nothing,
        assets={},
        health=nothing,
        shop=None,
        https=False,
    )
    yield from (route.path for route in litestar(site).routes)
    yield EVENTS_PATH


@pytest.mark.guarantee("S1")
def test_every_route_has_a_rule() -> None:
    assert sorted({rule.path for rule in RULES}) == sorted(set(routes()))


@pytest.mark.guarantee("S1")
async def test_every_caller_gets_what_the_rule_says(tmp_path: Path) -> None:
    async with bot_in_charge(tmp_path) as bot:
        other = await bot.server.bot("http://127.0.0.1:8001/", first_name="Other")

        async def got(rule: Rule, token: str | None) -> int:
            headers = {"security-token": token} if token else {}
            url = bot.server.url + rule.asked.replace("{public_id}", bot.bot.bot.public_id)
            data = b"[]" if rule.method == "POST" else None
            async with bot.http.request(rule.method, url, headers=headers, data=data) as response:
                return response.status

        for rule in RULES:
            answers = [await got(rule, None), await got(rule, other.token), await got(rule, bot.bot.token)]
            assert answers == [rule.anonymous, rule.other_bot, rule.own_bot], rule.path


@pytest.mark.guarantee("S31")
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/live", 200),
        ("GET", "/nothing/here", 404),
        ("POST", "/live", 405),
        ("GET", "/api/v1/bots/x/events", 405),
        ("POST", "/api/v1/bots/x/events", 401),
        ("GET", "/api/openapi.json", 200),
        ("GET", "/media/cv/x/1", 404),
    ],
)
async def test_every_response_carries_the_security_headers(
    tmp_path: Path, *, method: str, path: str, status: int
) -> None:
    async with running_server(tmp_path) as server, aiohttp.ClientSession() as http:
        async with http.request(method, server.url + path) as response:
            kind, headers = response.headers["content-type"], response.headers

        assert response.status == status
        assert SECURITY.items() <= {name.lower(): text for name, text in headers.items()}.items()
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "server" not in headers
        assert kind.startswith("application/problem+json" if status >= 400 else "application/json")


@pytest.mark.guarantee("S7")
@pytest.mark.parametrize("origin", ["https://shop.example", "https://evil.example", "null"])
async def test_the_api_lets_no_page_of_another_origin_read_it(tmp_path: Path, origin: str) -> None:
    asked = {"origin": origin, "access-control-request-method": "POST"}
    async with bot_in_charge(tmp_path) as bot:
        url = bot.server.api_url(bot.bot.bot)
        for method, headers in (("OPTIONS", asked), ("POST", {"origin": origin, "security-token": bot.bot.token})):
            async with bot.http.request(method, url, headers=headers, data=b"[]") as response:
                found = [name for name in response.headers if name.lower().startswith("access-control-")]
            assert found == []


def test_static_code_may_be_used_everywhere_and_kept(tmp_path: Path) -> None:
    (tmp_path / "loader.js").write_text("let a=1;" * 100)
    (tmp_path / "panel-Ab12Cd34.js").write_text("let b=2;" * 100)

    assets = load_assets(tmp_path)

    loader, panel = (dict(assets[name].headers("gzip")) for name in ("loader.js", "panel-Ab12Cd34.js"))
    assert loader["access-control-allow-origin"] == panel["access-control-allow-origin"] == "*"
    assert panel["cache-control"].endswith("immutable")
    assert "immutable" not in loader["cache-control"]
    assert assets["loader.js"].form("gzip, br")[0] == "gzip"
    assert assets["loader.js"].form("gzip;q=0")[0] == "identity"


async def test_the_loader_is_served_and_not_sent_twice(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server, aiohttp.ClientSession() as http:
        async with http.get(f"{server.url}/loader.js") as first:
            if first.status == 404:
                pytest.skip("the web parts are not built")
            etag, kind = first.headers["etag"], first.headers["content-type"]
        async with http.get(f"{server.url}/loader.js", headers={"if-none-match": etag}) as second:
            status = second.status

        assert kind == "text/javascript; charset=utf-8"
        assert status == 304


async def test_there_is_no_shop_outside_the_demo(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server, aiohttp.ClientSession() as http:
        for page in ("", "guide", "shop.css", "..%2f..%2fetc%2fpasswd"):
            async with http.get(f"{server.url}/{page}") as response:
                assert response.status == 404


async def test_a_socket_is_at_one_address_only(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server, aiohttp.ClientSession() as http:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await http.ws_connect(f"{server.url}{SOCKET_PATH}/else")

        assert refused.value.status == 404


@pytest.mark.guarantee("S27")
async def test_what_a_proxy_says_of_its_caller_counts_only_where_it_is_trusted(tmp_path: Path) -> None:
    async def wrong(bot: BotApi, address: str) -> int:
        headers = {"security-token": "wrong", "x-forwarded-for": address}
        return (await bot.post([], headers=headers)).status

    async with bot_in_charge(tmp_path / "a") as bot:
        direct = [await wrong(bot, f"198.51.100.{number}") for number in range(21)]
    async with running_server(tmp_path / "b", trusted_proxies=("127.0.0.1",)) as server:
        bot.server = server
        bot.http = aiohttp.ClientSession()
        async with bot.http:
            proxied = [await wrong(bot, f"203.0.113.9, 198.51.100.{number}") for number in range(21)]

    assert direct == [401] * 20 + [429]
    assert proxied == [401] * 21

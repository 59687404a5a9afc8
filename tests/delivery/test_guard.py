"""Where a call may go: URLs, the addresses behind names, and what the allow-list opens."""

from __future__ import annotations

import asyncio
import socket
import time

import pytest

from frontdesk.core.delivery import Failed
from frontdesk.delivery.client import Client
from frontdesk.delivery.guard import Blocked, Guard
from tests.delivery import stage
from tests.delivery.stage import Answers, call_to
from tests.kit.hostile_bot import HostileBot, closed_port

#: Every one of these must be refused without a connection, whatever the machine's resolver makes of it.
FORBIDDEN = [
    "http://127.0.0.1:8000/",
    "http://127.1:8000/",
    "http://127.0.1:8000/",
    "http://2130706433:8000/",
    "http://0x7f000001:8000/",
    "http://0x7f.1:8000/",
    "http://0X7F.0.0.1:8000/",
    "http://0177.0.0.1:8000/",
    "http://017700000001:8000/",
    "http://127.000.000.001:8000/",
    "http://127。0。0。1:8000/",
    "http://127．0．0．1:8000/",
    "http://①②⑦.0.0.1:8000/",
    "http://0.0.0.0:8000/",
    "http://0:8000/",
    "http://localhost:8000/",
    "http://LOCALHOST:8000/",
    "http://localhost.:8000/",
    "http://ｌocalhost:8000/",
    "http://[::1]:8000/",
    "http://[0:0:0:0:0:0:0:1]:8000/",
    "http://[::]:8000/",
    "http://[::127.0.0.1]:8000/",
    "http://[::ffff:127.0.0.1]:8000/",
    "http://[::ffff:7f00:1]:8000/",
    "http://[::ffff:0:127.0.0.1]:8000/",
    "http://[64:ff9b::7f00:1]:8000/",
    "http://[64:ff9b::169.254.169.254]/",
    "http://[64:ff9b:1::1]/",
    "http://[2002:7f00:1::]:8000/",
    "http://[2001::1]/",
    "http://[2001:db8::1]/",
    "http://[100::1]/",
    "http://[3fff::1]/",
    "http://[5f00::1]/",
    "http://[fc00::1]/",
    "http://[fd12:3456::1]/",
    "http://[fd00:ec2::254]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25lo]/",
    "http://[fe80::1%lo]:8000/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://10.0.0.1/",
    "http://10.255.255.255/",
    "http://100.64.0.1/",
    "http://100.100.100.200/",
    "http://169.254.169.254/latest/meta-data/",
    "http://169.254.170.2/",
    "http://168.63.129.16/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.0.0.192/",
    "http://192.0.2.1/",
    "http://192.88.99.1/",
    "http://192.168.1.1/",
    "http://198.18.0.1/",
    "http://198.51.100.1/",
    "http://203.0.113.1/",
    "http://224.0.0.1/",
    "http://239.255.255.255/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://93.184.215.14:22/",
    "http://93.184.215.14:25/",
    "http://93.184.215.14:1023/",
    "http://93.184.215.14:0/",
    "http://93.184.215.14:65536/",
    "http://user@93.184.215.14/",
    "http://user:word@93.184.215.14/",
    "http://@93.184.215.14/",
    "http://93.184.215.14@127.0.0.1/",
    "http://93.184.215.14\\@127.0.0.1/",
    "http://127.0.0.1\\@93.184.215.14/",
    "http://93.184.215.14 /",
    "http://93.184.\t215.14/",
    "http://93.184.215.14/\r\nHost: evil",
    "ftp://93.184.215.14/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_x",
    "unix:///run/docker.sock",
    "data:text/plain,hello",
    "//93.184.215.14/",
    "http:///path",
    "http://",
    "",
    "not a url",
    "http://[::1/",
]


@pytest.mark.guarantee("S15")
@pytest.mark.parametrize("url", FORBIDDEN)
async def test_a_forbidden_target_is_blocked_before_anything_is_dialled(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialled = record_dials(monkeypatch)

    async with stage.client() as client:
        exchange = await stage.poster(client).post(call_to(url))

    assert isinstance(exchange.outcome, Failed)
    # A spelling that the resolver makes no address of ends there; no other class may tell more.
    assert exchange.outcome.fault in {"blocked", "dns"}
    assert not exchange.outcome.received
    assert dialled == []


@pytest.mark.guarantee("S15")
def test_the_table_is_as_long_as_promised() -> None:
    assert len(set(FORBIDDEN)) >= 60


@pytest.mark.guarantee("S15")
@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["93.184.215.14", "10.0.0.7"],
        ["10.0.0.7", "93.184.215.14"],
        ["::ffff:169.254.169.254"],
        ["fe80::1%2"],
    ],
)
async def test_a_name_is_blocked_when_one_of_its_addresses_is_private(
    addresses: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    dialled = record_dials(monkeypatch)

    async with Client(Guard(), resolver=Answers([addresses])) as client:
        exchange = await stage.poster(client).post(call_to("http://bots.example/"))

    assert isinstance(exchange.outcome, Failed)
    assert exchange.outcome.fault == "blocked"
    assert dialled == []


@pytest.mark.guarantee("S15")
async def test_a_name_that_turns_private_after_it_was_saved_is_blocked(bot: HostileBot) -> None:
    resolver = Answers([["93.184.215.14"], ["127.0.0.1"]])
    await resolver.resolve("bots.example", 80)

    async with Client(Guard(), resolver=resolver) as client:
        exchange = await stage.poster(client).post(call_to(f"http://bots.example:{bot.port}/ok"))

    assert isinstance(exchange.outcome, Failed)
    assert exchange.outcome.fault == "blocked"
    assert bot.connections == 0


@pytest.mark.guarantee("S15")
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_the_target_of_a_redirect_is_never_contacted(status: int, bot: HostileBot) -> None:
    async with stage.client("127.0.0.1") as client:
        exchange = await stage.poster(client).post(call_to(bot.url(f"redirect-{status}")))

    assert isinstance(exchange.outcome, Failed)
    assert exchange.outcome.fault == "redirect"
    assert [seen.path for seen in bot.journal] == [f"redirect-{status}"]


#: The allow-list, an address, whether the host's name is on the list, whether it may be dialled.
MATRIX = [
    ((), "93.184.215.14", False, True),
    ((), "2606:2800:21f:cb07:6820:80da:af6b:8b2c", False, True),
    ((), "127.0.0.1", False, False),
    (("127.0.0.0/8",), "127.0.0.1", False, True),
    (("127.0.0.0/8",), "::ffff:127.0.0.1", False, True),
    (("127.0.0.0/8",), "::1", False, False),
    (("::1",), "::1", False, True),
    (("[::1]",), "::1", False, True),
    (("10.1.0.0/16",), "10.1.2.3", False, True),
    (("10.1.0.0/16",), "10.2.0.1", False, False),
    (("10.1.2.3/16",), "10.1.9.9", False, True),
    (("fd00::/8",), "fd12::1", False, True),
    (("fd00::/8",), "fd00:ec2::254", False, False),
    (("169.254.0.0/16",), "169.254.169.254", False, False),
    (("169.254.0.0/16",), "169.254.1.1", False, True),
    (("0.0.0.0/0", "::/0"), "192.168.0.1", False, True),
    (("0.0.0.0/0", "::/0"), "169.254.169.254", False, False),
    (("0.0.0.0/0", "::/0"), "::ffff:169.254.169.254", False, False),
    (("0.0.0.0/0", "::/0"), "64:ff9b::a9fe:a9fe", False, False),
    (("0.0.0.0/0", "::/0"), "2002:a9fe:a9fe::1", False, False),
    (("0.0.0.0/0", "::/0"), "100.100.100.200", False, False),
    (("0.0.0.0/0", "::/0"), "fe80::1%eth0", False, True),
    (("bots.internal",), "10.0.0.1", True, True),
    (("bots.internal",), "169.254.169.254", True, False),
    (("bots.internal",), "10.0.0.1", False, False),
]


@pytest.mark.guarantee("S16")
@pytest.mark.parametrize(("allowed", "address", "trusted", "open_"), MATRIX)
def test_private_targets_open_by_the_allow_list_only_and_metadata_never(
    *, allowed: tuple[str, ...], address: str, trusted: bool, open_: bool
) -> None:
    guard = Guard(allowed=allowed)

    try:
        guard.check(address, trusted=trusted)
    except Blocked:
        assert not open_
    else:
        assert open_


@pytest.mark.guarantee("S16")
async def test_a_host_on_the_allow_list_is_reached_by_its_name(bot: HostileBot) -> None:
    resolver = Answers([["127.0.0.1"]])

    async with Client(Guard(allowed=("Bots.Internal",)), resolver=resolver) as client:
        poster = stage.poster(client)
        known = await poster.post(call_to(f"http://bots.internal:{bot.port}/ok"))
        other = await poster.post(call_to(f"http://other.internal:{bot.port}/ok"))

    assert known.record.outcome == "ok"
    assert bot.journal[0].headers["host"] == f"bots.internal:{bot.port}"
    assert other.record.outcome == "blocked"
    assert len(bot.journal) == 1


@pytest.mark.guarantee("S16")
def test_further_networks_can_be_denied() -> None:
    guard = Guard(denied=("93.184.215.0/24",))

    with pytest.raises(Blocked):
        guard.check("93.184.215.14", trusted=False)


@pytest.mark.guarantee("S17")
async def test_a_blocked_target_tells_the_same_whether_something_listens_there_or_not(bot: HostileBot) -> None:
    began = time.monotonic()

    async with stage.client() as client:
        poster = stage.poster(client)
        open_port = await poster.post(call_to(bot.url("ok")))
        closed = await poster.post(call_to(f"http://127.0.0.1:{closed_port()}/ok"))
        far = await poster.post(call_to("http://10.255.255.1:8000/ok"))

    assert open_port.outcome == closed.outcome == far.outcome
    assert open_port.record.reason == closed.record.reason == far.record.reason
    assert open_port.record.response_excerpt == ""
    assert bot.connections == 0
    assert time.monotonic() - began < 1.0, "nothing was waited for"


def record_dials(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return a list that fills with every address that the event loop is asked to connect to."""
    dialled: list[object] = []

    async def refuse(_sock: socket.socket, address: object) -> None:
        dialled.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(asyncio.get_running_loop(), "sock_connect", refuse)
    return dialled

"""Everything that can go wrong for a bot, as one tree.

BotError
├── Misuse: AlreadyOver, InvalidEvent, ContextTooLarge, NoApiUrl, HandlerMisfit
├── RefusedCall: Unsigned, MalformedCall
└── ApiError
    ├── Unreachable
    ├── Unauthorized
    ├── UnknownSession
    ├── SessionOver
    ├── TooLarge
    ├── InvalidEvents
    ├── RateLimited
    └── Unavailable
"""

from __future__ import annotations

from frontdesk.protocol.faults import Fault


class BotError(Exception):
    """Any error of this SDK."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or (type(self).__doc__ or "").split("\n", 1)[0])


class Misuse(BotError):
    """The bot's code asks for something that cannot be done."""


class AlreadyOver(Misuse):
    """The bot has ended, aborted or forwarded this session; nothing can follow."""


class InvalidEvent(Misuse):
    """What the bot wants to say breaks a rule of the protocol, so it is not sent."""


class ContextTooLarge(Misuse):
    """The context is larger than 10,240 bytes as compact JSON."""


class NoApiUrl(Misuse):
    """Work for later needs the bot's API URL and its token: Bot(api_url=…, token=…)."""


class HandlerMisfit(Misuse):
    """A handler has to be an async function that takes the chat."""


class RefusedCall(BotError):
    """A call to the webhook is not answered; `status` is what the caller gets."""

    status = 400


class Unsigned(RefusedCall):
    """The signature or a required header is missing or wrong."""

    status = 401


class MalformedCall(RefusedCall):
    """The body is not an event of the bot protocol."""

    status = 400


class ApiError(BotError):
    """The API URL did not take the events; nothing was shown to the contact."""

    def __init__(
        self,
        detail: str = "",
        *,
        status: int | None = None,
        code: str = "",
        faults: tuple[Fault, ...] = (),
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__("\n".join([detail, *(f"  {fault.path}: {fault.message}" for fault in faults)]).strip())
        #: The HTTP status, or None where no answer came.
        self.status = status
        #: The platform's short name of the problem, such as `session_over`.
        self.code = code
        #: Every fault that the platform found (422).
        self.faults = faults
        #: How long the platform asked to wait, in seconds (429 and 503).
        self.retry_after_s = retry_after_s


class Unreachable(ApiError):
    """The API URL could not be reached, or did not answer in time."""


class Unauthorized(ApiError):
    """The token is missing or wrong."""


class UnknownSession(ApiError):
    """This bot has no session with this cid."""


class SessionOver(ApiError):
    """The session is over, or a human is in charge."""


class TooLarge(ApiError):
    """The body or the context is too large."""


class InvalidEvents(ApiError):
    """The platform refused an event; see `faults`."""


class RateLimited(ApiError):
    """More than 20 requests in a minute for one session."""


class Unavailable(ApiError):
    """The platform cannot store anything at the moment; sending again is safe."""

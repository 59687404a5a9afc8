"""What one socket's contact asks for, frame by frame, and what is answered."""

from __future__ import annotations

from frontdesk.actions.ports import Ledger, Reader, StoreUnavailable
from frontdesk.actions.see import See, TurnPage
from frontdesk.core.conversation import Page
from frontdesk.core.ids import ContactId, ConversationId, Seq
from frontdesk.core.people import Widget
from frontdesk.core.refusals import Refusal
from frontdesk.failpoints import failpoint
from frontdesk.live import commands
from frontdesk.live.hub import Hub, Listener
from frontdesk.live.outbound import Outbound
from frontdesk.live.pace import Pace
from frontdesk.live.recognition import Recognition
from frontdesk.live.welcome import welcome
from frontdesk.protocol import widget as frames
from frontdesk.wire.frames import encode, entry_view
from frontdesk.wire.refusals import code_of

#: Entries in a snapshot and in one page of history.
PAGE = 100
#: When to try again while the store is not available.
RETRY_MS = 1000


class Visit:
    """A contact on one socket; frames are taken one after another."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        reader: Reader,
        hub: Hub,
        recognition: Recognition,
        widget: Widget,
        outbound: Outbound,
        epoch: str,
    ) -> None:
        self._ledger = ledger
        self._reader = reader
        self._hub = hub
        self._recognition = recognition
        self._widget = widget
        self._outbound = outbound
        self._epoch = epoch
        self._pace = Pace()
        self._page = Page()
        self._listener: Listener | None = None
        #: How many frames came, for the log.
        self.frames = 0

    @property
    def contact_id(self) -> ContactId | None:
        """Who is there, once said."""
        return self._listener.contact_id if self._listener else None

    @property
    def greeted(self) -> bool:
        """Whether `hello` was answered."""
        return self._listener is not None

    def leave(self) -> None:
        """Stop listening."""
        if self._listener is not None:
            self._hub.leave(self._listener)

    async def take(self, text: str, *, clock: float) -> int | None:
        """Answer one frame; return the close code where it ends the socket. `clock` is in seconds."""
        self.frames += 1
        if self._pace.flooded(clock):
            return frames.CLOSE_FLOOD
        try:
            frame = commands.decode(text)
        except commands.NotJson:
            return frames.CLOSE_MALFORMED
        except commands.FrameMalformed as wrong:
            self._refuse("malformed", detail=str(wrong), message_id=wrong.message_id)
            return None
        if isinstance(frame, frames.Ping):
            self._answer(frames.Pong())
            return None
        return await self._paced(frame, clock=clock)

    async def _paced(self, frame: frames.ContactFrame, *, clock: float) -> int | None:
        message_id = getattr(frame, "message_id", None)
        wait_ms = self._pace.wait_ms(clock)
        if wait_ms:
            self._refuse("rate_limited", detail="Too fast; wait a moment.", message_id=message_id, retry_ms=wait_ms)
            return None
        try:
            return await self._heard(frame)
        except Refusal as refusal:
            self._refuse(code_of(refusal), detail=refusal.detail, message_id=message_id)
        except StoreUnavailable:
            detail = "The store cannot save now; nothing was done."
            self._refuse("unavailable", detail=detail, message_id=message_id, retry_ms=RETRY_MS)
        return None

    async def _heard(self, frame: frames.ContactFrame) -> int | None:
        if isinstance(frame, frames.Hello):
            await self._greet(frame)
            return None
        if self._listener is None:
            return frames.CLOSE_NO_HELLO
        contact_id = self._listener.contact_id
        match frame:
            case frames.Seen(conversation=conversation, seq=seq):
                see = See(contact_id=contact_id, conversation_id=ConversationId(conversation), seq=Seq(seq))
                await self._ledger.run(see)
            case frames.PageChanged(page=page):
                self._page = commands.page_of(page)
                await self._ledger.run(TurnPage(contact_id=contact_id, page=self._page))
            case frames.Earlier():
                await self._look_back(frame, contact_id=contact_id)
            case frames.Ping():
                self._answer(frames.Pong())
            case _:
                receipt = await self._ledger.run(commands.command(frame, contact_id=contact_id, page=self._page))
                failpoint("ack.before_send")
                self._answer(commands.ack(frame, receipt))
        return None

    async def _greet(self, hello: frames.Hello) -> None:
        """Answer with the snapshot; commits from before it was read are held back, so that none is lost or doubled."""
        self._page = commands.page_of(hello.page)
        recognised = await self._recognition.recognise(
            hello.token, widget=self._widget, locale=commands.locale_of(hello)
        )
        self.leave()
        listener = Listener(contact_id=recognised.contact.id, outbound=self._outbound)
        self._hub.join(listener)
        self._listener = listener
        known = hello.conversation if hello.epoch == self._epoch else None
        has = (ConversationId(known), Seq(hello.after)) if known is not None else None
        snapshot = await self._reader.snapshot(listener.contact_id, has=has, limit=PAGE)
        conversation = snapshot.conversation if snapshot else None
        if conversation is not None:
            self._hub.follow(listener.contact_id, conversation.id)
        told = welcome(recognised, widget=self._widget, snapshot=snapshot, epoch=self._epoch)
        self._outbound.put_document(encode(told))
        self._hub.release(
            listener,
            conversation_id=conversation.id if conversation else None,
            last_seq=conversation.last_seq if conversation else Seq(0),
        )
        if conversation is not None and conversation.live and conversation.page.url != self._page.url:
            await self._ledger.run(TurnPage(contact_id=listener.contact_id, page=self._page))

    async def _look_back(self, frame: frames.Earlier, *, contact_id: ContactId) -> None:
        conversation_id = ConversationId(frame.conversation)
        conversation = await self._reader.conversation(conversation_id)
        if conversation is None or conversation.contact_id != contact_id:
            self._refuse("unknown_entry", detail="There is no such conversation.", message_id=None)
            return
        entries = await self._reader.history(conversation_id, before=Seq(frame.before), limit=PAGE)
        shown: list[frames.WidgetEntry] = [entry_view(one) for one in entries]
        answer = frames.History(conversation=frame.conversation, before=frame.before, entries=shown)
        self._outbound.put_document(encode(answer))

    def _refuse(self, code: str, *, detail: str, message_id: str | None, retry_ms: int | None = None) -> None:
        self._answer(frames.Refused(message_id=message_id, code=code, detail=detail, retry_after_ms=retry_ms))

    def _answer(self, frame: frames.PlatformFrame) -> None:
        self._outbound.put(encode(frame))

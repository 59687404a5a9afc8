/** What a chat client knows and can do: the whole contract between the client and whoever draws it. */

import type { Author, CardView, PageView, WidgetLook } from '../protocol/frames';
import type { ReadonlySignal } from './signal';

export type { Author, CardView, PageView, WidgetLook };

/**
 * How the socket is doing. `idle`: not started. `connecting`: the first try. `reconnecting`: it was there or is being
 * tried again. `offline`: the browser says that there is no network. `refused`: the platform does not want this page
 * (see `failure`); nothing is tried again by itself.
 */
export type Link = 'idle' | 'connecting' | 'online' | 'reconnecting' | 'offline' | 'refused';

/** Who is in charge. `none`: nothing has been said yet. `ended`: the next message starts another conversation. */
export type Phase = 'none' | 'bot' | 'operator' | 'waiting' | 'ended';

/** `offered`: nobody is in charge and no address is known. `left`: an address is known and somebody will answer. */
export type EmailOffer = 'none' | 'offered' | 'left';

/** Why something has no effect. `code` is for a program; `detail` is a sentence in English. */
export type Reason = { readonly code: string; readonly detail: string };

/** `sent` only ever after the platform acknowledged it. `failed` waits for `retry` or `discard`. */
export type SendStatus = 'queued' | 'sending' | 'sent' | 'failed';

/** What every item of the history has. An unchanged item stays the same object, so `===` tells what to draw anew. */
export type ItemBase = {
  /** Stable for the life of the item: also when the optimistic message becomes the platform's own. */
  readonly key: string;
  /** The number in its conversation; null while the platform has not said it. */
  readonly seq: number | null;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  readonly author: Author;
  /** The contact wrote it. */
  readonly mine: boolean;
  /** Belongs to a conversation before the newest one. */
  readonly past: boolean;
};

/** Text. A click of the contact is a message of theirs too: its body is the headline that they chose. */
export type MessageItem = ItemBase & {
  readonly kind: 'message';
  readonly body: string;
  readonly format: 'plain' | 'markdown';
  readonly status: SendStatus;
  /** Why it failed; null where it has not. */
  readonly reason: Reason | null;
};

/** Options are counted from 1, as on the wire: `options[n - 1]` is option n. */
type ChoiceBase = ItemBase & {
  readonly body: string;
  /** The option that was chosen, or null. */
  readonly chosen: number | null;
  /** The option that was clicked here and is not settled yet, or null. */
  readonly pending: number | null;
  /** A click now would count. */
  readonly active: boolean;
};

/** Text with buttons. */
export type BubblesItem = ChoiceBase & { readonly kind: 'bubbles'; readonly options: readonly string[] };

/** Text with cards. `media` of a card is a path on the platform's origin: `client.origin + media`. */
export type CarouselItem = ChoiceBase & { readonly kind: 'carousel'; readonly options: readonly CardView[] };

/** `pending`: being decided, draw nothing. `followed`: a line that the page was opened. `fallback`: draw `text`. */
export type NavigateItem = ItemBase & {
  readonly kind: 'navigate';
  readonly url: string;
  /** The fallback with its link put in; the bare link where the bot gave no fallback. Plain text, never markup. */
  readonly text: string;
  readonly outcome: 'pending' | 'followed' | 'fallback';
};

/** The author took over. */
export type JoinedItem = ItemBase & { readonly kind: 'joined' };

/** Nobody is in charge. */
export type QueuedItem = ItemBase & {
  readonly kind: 'queued';
  readonly reason: 'forwarded' | 'aborted' | 'failed' | 'nobody';
};

/** A line by the platform; where `text` is null, our own words for `code`. */
export type NoticeItem = ItemBase & {
  readonly kind: 'notice';
  readonly code: 'patience' | 'failed' | 'waiting' | 'email_left';
  readonly text: string | null;
};

/** The conversation is over. */
export type EndedItem = ItemBase & {
  readonly kind: 'ended';
  readonly reason: 'bot_ended' | 'contact_ended' | 'expired' | 'failed';
};

export type Item =
  MessageItem | BubblesItem | CarouselItem | NavigateItem | JoinedItem | QueuedItem | NoticeItem | EndedItem;

/**
 * Everything to draw. Draw the whole tree again on `change`: what has not changed is the same object as before, so a
 * component that compares its item by `===` is not drawn anew.
 */
export type ChatState = {
  readonly items: ReadonlySignal<readonly Item[]>;
  readonly link: ReadonlySignal<Link>;
  /** Null until the first welcome, unless an earlier visit remembers it. */
  readonly look: ReadonlySignal<WidgetLook | null>;
  readonly conversation: ReadonlySignal<string | null>;
  readonly operator: ReadonlySignal<{ readonly name: string; readonly kind: 'bot' | 'operator' } | null>;
  readonly phase: ReadonlySignal<Phase>;
  readonly typing: ReadonlySignal<boolean>;
  readonly unread: ReadonlySignal<number>;
  readonly emailOffer: ReadonlySignal<EmailOffer>;
  /** False: `loadEarlier` would bring more. */
  readonly atBeginning: ReadonlySignal<boolean>;
  /** Earlier entries are on their way. */
  readonly loadingEarlier: ReadonlySignal<boolean>;
  /** What just went wrong; null where nothing did. */
  readonly failure: ReadonlySignal<Reason | null>;
  /** The unsent text of the composer; survives reloads. */
  readonly draft: ReadonlySignal<string>;
};

/** What a page or a view can listen to, and what it gets. */
export type ChatEvents = {
  /** Something in `state` is different; comes once for everything that changed in one go. */
  change: Record<string, never>;
  /** The first welcome of this page arrived. */
  ready: { conversation: string | null };
  open: { mode: 'normal' | 'proactive' };
  close: Record<string, never>;
  unread: { count: number };
  /** A message of the other side arrived while this page was connected; announce it. */
  message: { item: Item };
  /** The same, but in one tab only, and in none where it is being looked at: make a sound here. */
  ring: { item: Item };
  /** The widget is proactive and its time has come: open the panel, with `openPanel('proactive')`. */
  approach: Record<string, never>;
  state: { phase: Phase; link: Link };
  error: { code: string; message: string };
};

export type EmailResult = { readonly ok: true } | { readonly ok: false; readonly detail: string };

/** One contact's chat on one page. */
export interface ChatClient {
  readonly state: ChatState;
  readonly key: string;
  /** Scheme, host and port of the platform. */
  readonly origin: string;
  start(): void;
  /** Closes the socket and forgets every listener; what is stored stays. */
  stop(): void;
  /** `restored`: the panel was open on the page before this one. */
  openPanel(mode: 'normal' | 'proactive' | 'restored'): void;
  closePanel(): void;
  /** Queues the text as a message; blank text is nothing. At most 10,000 characters: cut it before. */
  say(text: string): void;
  /** Sends a failed message again. `key` is the item's. */
  retry(key: string): void;
  /** Takes a message out that is not sent. */
  discard(key: string): void;
  click(seq: number, option: number): void;
  leaveEmail(email: string): Promise<EmailResult>;
  end(): void;
  loadEarlier(): void;
  /** True while the history is on screen: the panel open and the page visible. */
  setVisible(visible: boolean): void;
  /** The page changed its address without a reload. */
  turnPage(page: PageView): void;
  setDraft(text: string): void;
  /** The contact or the network came back: finds out at once whether the link still holds. */
  wake(): void;
  /** The contact has read `failure`. */
  clearFailure(): void;
  /** Returns what ends the listening. */
  on<E extends keyof ChatEvents>(event: E, listener: (detail: ChatEvents[E]) => void): () => void;
}

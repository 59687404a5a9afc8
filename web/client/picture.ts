/** What is to be drawn, from what the platform said and what waits to be sent: pure. */

import { fold, keep, type Log } from './fold';
import type { ChatState, EmailOffer, Item, MessageItem, Phase } from './model';
import type { Sending } from './outbox';
import type { WidgetEntry } from '../protocol/frames';

type Operator = ChatState['operator']['value'];

export type Picture = {
  readonly items: readonly Item[];
  readonly conversation: string | null;
  readonly phase: Phase;
  readonly operator: Operator;
  readonly emailOffer: EmailOffer;
  readonly atBeginning: boolean;
  readonly unread: number;
};

export type Known = {
  readonly logs: readonly Log[];
  readonly sending: readonly Sending[];
  /** Up to here the newest conversation was on screen. */
  readonly seen: number;
  readonly emailKnown: boolean;
  /** What is drawn now: items that stay the same stay the same objects. */
  readonly shown: readonly Item[];
};

const NEWS = new Set<WidgetEntry['kind']>(['message', 'bubbles', 'carousel']);

/** Something that the other side said. */
export const isNews = (entry: WidgetEntry): boolean => NEWS.has(entry.kind) && entry.author.kind !== 'contact';

const CONTACT = { kind: 'contact' } as const;

export function picture({ logs, sending, seen, emailKnown, shown }: Known): Picture {
  const newest = logs.at(-1);
  const clicks = pendingClicks(sending, newest?.conversation);
  const folded = logs.map((log) => fold(log, log !== newest, clicks));
  const now = folded.at(-1);
  const phase = now?.phase ?? 'none';
  return {
    items: keep(shown, [...folded.flatMap((one) => one.items), ...sending.map(unsent)]),
    conversation: newest?.conversation ?? null,
    phase,
    operator: now?.operator ?? null,
    emailOffer: phase !== 'waiting' ? 'none' : emailKnown || now?.emailLeft ? 'left' : 'offered',
    atBeginning: logs[0]?.complete ?? true,
    unread: newest?.entries.filter((entry) => entry.seq > seen && isNews(entry)).length ?? 0,
  };
}

function pendingClicks(sending: readonly Sending[], conversation: string | undefined): Map<number, number> {
  const clicks = new Map<number, number>();
  for (const { parcel } of sending) {
    const { frame } = parcel;
    if (frame.type === 'click' && frame.conversation === conversation) clicks.set(frame.seq, frame.option);
  }
  return clicks;
}

function unsent({ parcel, status }: Sending): MessageItem {
  return {
    key: parcel.frame.message_id,
    seq: null,
    at: parcel.at,
    author: CONTACT,
    mine: true,
    past: false,
    kind: 'message',
    body: parcel.body,
    format: 'plain',
    status,
    reason: parcel.failed ?? null,
  };
}

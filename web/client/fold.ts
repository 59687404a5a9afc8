/** Makes what is drawn out of the numbered entries of a conversation: pure, and the same for every tab. */

import type { WidgetEntry } from '../protocol/frames';
import type { BubblesItem, CarouselItem, Item, ItemBase, NavigateItem, Phase } from './model';
import { fallbackText } from './navigation';

/** One conversation as far as it is here: entries without a gap, oldest first. */
export type Log = {
  readonly conversation: string;
  readonly entries: readonly WidgetEntry[];
  /** Nothing exists before the first entry. */
  readonly complete: boolean;
};

/** As many entries as the platform sends at once. */
export const BATCH = 100;

export const lastSeq = (log: Log): number => log.entries.at(-1)?.seq ?? 0;
export const firstSeq = (log: Log): number => log.entries[0]?.seq ?? 1;

/** Begins a log with the newest entries of a conversation. */
export function begin(conversation: string, entries: readonly WidgetEntry[]): Log | null {
  const first = entries[0];
  const empty: Log = { conversation, entries: first ? [first] : [], complete: !first || first.seq <= 1 };
  return append(empty, entries);
}

/** The log with what is new in `entries`; the same log where nothing is; null where a number is missing between. */
export function append(log: Log, entries: readonly WidgetEntry[]): Log | null {
  const added: WidgetEntry[] = [];
  let last = lastSeq(log);
  for (const entry of entries) {
    if (entry.seq <= last) continue;
    if (entry.seq !== last + 1) return null;
    added.push(entry);
    last = entry.seq;
  }
  return added.length ? { ...log, entries: [...log.entries, ...added] } : log;
}

/** The log with older entries before it; the same log where they do not reach up to it. */
export function prepend(log: Log, entries: readonly WidgetEntry[]): Log {
  const first = firstSeq(log);
  const older = entries.filter((entry) => entry.seq < first);
  const joins = older.every((entry, index) => entry.seq === first - older.length + index);
  if (!joins) return log;
  return { ...log, entries: [...older, ...log.entries], complete: entries.length < BATCH || firstSeq(log) <= 1 };
}

export type Folded = {
  readonly items: Item[];
  readonly phase: Phase;
  readonly operator: { name: string; kind: 'bot' | 'operator' } | null;
  readonly emailLeft: boolean;
};

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** What the contact does that the platform has not settled: option by the number of its entry. */
export type PendingClicks = ReadonlyMap<number, number>;

/** Folds one log. In a `past` one nothing can be clicked. */
export function fold(log: Log, past: boolean, pending: PendingClicks): Folded {
  const items: Item[] = [];
  const choices = new Map<number, Writable<BubblesItem> | Writable<CarouselItem>>();
  const journeys = new Map<number, Writable<NavigateItem>>();
  let phase: Phase = 'none';
  let operator: Folded['operator'] = null;
  let emailLeft = false;

  const rest = (): void => {
    for (const choice of choices.values()) choice.active = false;
  };

  for (const entry of log.entries) {
    const { seq, at, author } = entry;
    const mine = author.kind === 'contact';
    const key = (mine && entry.message_id) || `${log.conversation}:${String(seq)}`;
    const base: ItemBase = { key, seq, at, author, mine, past };
    const takeOver = (): void => {
      if (author.kind !== 'bot' && author.kind !== 'operator') return;
      phase = author.kind;
      operator = { name: author.name ?? '', kind: author.kind };
    };

    switch (entry.kind) {
      case 'message':
        items.push({
          ...base,
          kind: 'message',
          body: entry.body,
          format: entry.format ?? 'plain',
          status: 'sent',
          reason: null,
        });
        break;
      case 'bubbles':
      case 'carousel': {
        const clicked = pending.get(seq) ?? null;
        const choice = {
          ...base,
          body: entry.body,
          chosen: null,
          pending: clicked,
          active: !past && clicked === null,
          kind: entry.kind,
          options: entry.options,
        } as BubblesItem | CarouselItem;
        choices.set(seq, choice);
        items.push(choice);
        break;
      }
      case 'click': {
        const choice = choices.get(entry.of);
        if (choice) Object.assign(choice, { chosen: entry.option, pending: null, active: false });
        items.push({
          ...base,
          kind: 'message',
          body: entry.headline,
          format: 'plain',
          status: 'sent',
          reason: null,
        });
        break;
      }
      case 'navigate': {
        const text = fallbackText(entry.url, entry.fallback);
        const journey: NavigateItem = { ...base, kind: 'navigate', url: entry.url, text, outcome: 'pending' };
        journeys.set(seq, journey);
        items.push(journey);
        break;
      }
      case 'navigated': {
        const journey = journeys.get(entry.of);
        if (journey) journey.outcome = entry.followed ? 'followed' : 'fallback';
        break;
      }
      case 'joined':
        rest();
        takeOver();
        items.push({ ...base, kind: 'joined' });
        break;
      case 'queued':
        rest();
        phase = 'waiting';
        operator = null;
        items.push({ ...base, kind: 'queued', reason: entry.reason });
        break;
      case 'notice':
        emailLeft ||= entry.code === 'email_left';
        items.push({ ...base, kind: 'notice', code: entry.code, text: entry.text ?? null });
        break;
      case 'ended':
        rest();
        phase = 'ended';
        items.push({ ...base, kind: 'ended', reason: entry.reason });
        break;
      case 'hidden':
        break;
      default:
        entry satisfies never;
    }
    // Where the log is cut, the entry that says who joined is not here; whoever speaks has.
    if (phase === 'none' && entry.kind !== 'hidden') takeOver();
  }
  return { items, phase, operator, emailLeft };
}

/** `next`, with each item that has not changed replaced by the very object of `shown`. */
export function keep(shown: readonly Item[], next: readonly Item[]): readonly Item[] {
  const before = new Map(shown.map((item) => [item.key, item]));
  return next.map((item) => {
    const old = before.get(item.key);
    return old && same(old, item) ? old : item;
  });
}

function same(one: Item, other: Item): boolean {
  const names = Object.keys(other) as (keyof Item)[];
  return names.length === Object.keys(one).length && names.every((name) => one[name] === other[name]);
}

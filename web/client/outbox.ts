/** What the contact wrote and the platform has not acknowledged: one at a time, in order, kept over reloads. */

import type { Ack, ClickOption, Refused, Say } from '../protocol/frames';
import { readJson } from './memory';
import type { Reason, SendStatus } from './model';
import { createAlarm, type Clock, type Store } from './surroundings';

const A_DAY = 24 * 3_600_000;

/** What is kept between pages. */
export type Parcel = {
  readonly frame: Say | ClickOption;
  /** What is shown for it: the text, or the headline of the option. */
  readonly body: string;
  readonly at: number;
  /** Why the platform refused it. */
  readonly failed?: Reason;
};

export type Sending = { readonly parcel: Parcel; readonly status: SendStatus };

export type OutboxEvents = {
  send(frame: Say | ClickOption): boolean;
  changed(): void;
  /** Texts that waited for more than a day: to be offered, not sent. */
  tooOld(texts: readonly string[]): void;
  /** A click that does not count any more. */
  clickRefused(reason: Reason): void;
  tell(note: { note: 'queued' } | { note: 'acked' | 'dropped'; id: string }): void;
};

export interface Outbox {
  list(): readonly Sending[];
  add(frame: Say | ClickOption, body: string): void;
  /** Sends the next one, where the link is up. */
  flush(): void;
  /** The link is down: what was on its way goes again. */
  down(): void;
  answered(answer: Ack | Refused): void;
  /** These are entries now. */
  landed(ids: ReadonlySet<string>): void;
  /** Everything acknowledged is in what the platform just told. */
  settle(): void;
  retry(id: string): void;
  discard(id: string): void;
  /** Another tab wrote into the shared box. */
  reread(): void;
  ackedElsewhere(id: string): void;
  droppedElsewhere(id: string): void;
}

const idOf = (sending: Sending): string => sending.parcel.frame.message_id;

function isParcel(value: unknown): value is Parcel {
  const { frame, body, at } = (value ?? {}) as Record<string, unknown>;
  const { type, message_id } = (frame ?? {}) as Record<string, unknown>;
  return (type === 'say' || type === 'click') && !!message_id && typeof body === 'string' && typeof at === 'number';
}

export function createOutbox(clock: Clock, store: Store, key: string, events: OutboxEvents): Outbox {
  const name = `frontdesk:${key}:outbox`;
  const pause = createAlarm(clock);
  let box: Sending[] = [];

  const stored = (): Parcel[] => {
    const value = readJson(store, name);
    return Array.isArray(value) ? value.filter(isParcel) : [];
  };
  // Reads what is there before it writes: other tabs keep theirs in the same place.
  const write = (id: string, parcel: Parcel | null): void => {
    const others = stored();
    const place = others.findIndex((one) => one.frame.message_id === id);
    if (place >= 0) others.splice(place, 1, ...(parcel ? [parcel] : []));
    else if (parcel) others.push(parcel);
    store.set(name, others.length ? JSON.stringify(others) : null);
  };
  const find = (id: string): Sending | undefined => box.find((one) => idOf(one) === id);
  const change = (id: string, next: Sending | null): void => {
    box = box.flatMap((one) => (idOf(one) === id ? (next ?? []) : one));
  };

  const sent = (id: string): void => {
    const found = find(id);
    if (found) change(id, { ...found, status: 'sent' });
    write(id, null);
  };

  const drop = (id: string): void => {
    change(id, null);
    write(id, null);
  };

  const retire = (): void => {
    const old = box.filter(
      ({ parcel, status }) => (status === 'queued' || status === 'failed') && clock.now() - parcel.at > A_DAY,
    );
    if (!old.length) return;
    old.map(idOf).forEach(drop);
    events.tooOld(old.filter(({ parcel }) => parcel.frame.type === 'say').map(({ parcel }) => parcel.body));
    events.changed();
  };

  const reread = (): void => {
    const known = new Set(box.map(idOf));
    for (const parcel of stored()) {
      if (known.has(parcel.frame.message_id)) continue;
      box.push({ parcel, status: parcel.failed === undefined ? 'queued' : 'failed' });
    }
  };

  const flush = (): void => {
    retire();
    if (pause.isSet() || box.some(({ status }) => status === 'sending')) return;
    const next = box.find(({ status }) => status === 'queued');
    if (!next || !events.send(next.parcel.frame)) return;
    change(idOf(next), { ...next, status: 'sending' });
    events.changed();
  };

  const refused = (found: Sending, answer: Refused): void => {
    const id = idOf(found);
    if (answer.retry_after_ms != null) {
      change(id, { ...found, status: 'queued' });
      pause.set(answer.retry_after_ms, flush);
    } else if (found.parcel.frame.type === 'click') {
      drop(id);
      events.tell({ note: 'dropped', id });
      events.clickRefused(answer);
    } else {
      const parcel = { ...found.parcel, failed: { code: answer.code, detail: answer.detail } };
      change(id, { parcel, status: 'failed' });
      write(id, parcel);
    }
  };

  reread();
  return {
    list: () => box,
    flush,
    add(frame, body) {
      const parcel: Parcel = { frame, body, at: clock.now() };
      box.push({ parcel, status: 'queued' });
      write(frame.message_id, parcel);
      events.tell({ note: 'queued' });
      flush();
      events.changed();
    },
    down() {
      box = box.map((one) => (one.status === 'sending' ? { ...one, status: 'queued' } : one));
      pause.clear();
    },
    answered(answer) {
      const found = find(answer.message_id ?? '');
      if (!found || found.status === 'sent') return;
      if (answer.type === 'ack') {
        sent(answer.message_id);
        events.tell({ note: 'acked', id: answer.message_id });
      } else refused(found, answer);
      events.changed();
      flush();
    },
    landed(ids) {
      for (const id of box.map(idOf)) if (ids.has(id)) drop(id);
      flush();
    },
    settle() {
      box = box.filter(({ status }) => status !== 'sent');
    },
    retry(id) {
      const found = find(id);
      if (found?.status !== 'failed') return;
      const { frame, body } = found.parcel;
      const parcel: Parcel = { frame, body, at: clock.now() };
      change(id, { parcel, status: 'queued' });
      write(id, parcel);
      flush();
      events.changed();
    },
    discard(id) {
      const status = find(id)?.status;
      if (status !== 'failed' && status !== 'queued') return;
      drop(id);
      events.tell({ note: 'dropped', id });
      events.changed();
    },
    reread() {
      reread();
      flush();
      events.changed();
    },
    ackedElsewhere(id) {
      sent(id);
      events.changed();
      flush();
    },
    droppedElsewhere(id) {
      change(id, null);
      events.changed();
      flush();
    },
  };
}

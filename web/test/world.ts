/** A browser without a browser: a clock that is wound by hand, tabs that share storage, a platform that says what it is told. */

import { createChat } from '../client/chat';
import type { ChatClient, ChatEvents } from '../client/model';
import type { Clock, SocketEvents, Surroundings } from '../client/surroundings';
import type { ContactFrame, PlatformFrame, Welcome, WidgetEntry } from '../protocol/frames';

export const START = 1_790_000_000_000;

/** Lets promises that are settled do what they were waiting for. */
export const breathe = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
};

export type FakeClock = Clock & { pass(ms: number): void; waiting(): number };

export function createClock(): FakeClock {
  let now = START;
  let alarms: { at: number; ring: () => void }[] = [];
  return {
    now: () => now,
    after(ms, ring) {
      const alarm = { at: now + ms, ring };
      alarms.push(alarm);
      return () => {
        alarms = alarms.filter((one) => one !== alarm);
      };
    },
    pass(ms) {
      const until = now + ms;
      for (let rung = 0; rung < 10_000; rung += 1) {
        const next = alarms.filter((one) => one.at <= until).sort((one, other) => one.at - other.at)[0];
        if (!next) break;
        alarms = alarms.filter((one) => one !== next);
        now = Math.max(now, next.at);
        next.ring();
      }
      now = until;
    },
    waiting: () => alarms.length,
  };
}

/** What the tabs of one site share. */
export type Site = {
  clock: FakeClock;
  stored: Map<string, string>;
  hearers: Set<(note: unknown) => void>;
  locks: Map<string, number>;
  /** Who waits for each name; the first one holds it. */
  turns: Map<string, (() => void)[]>;
  ids: number;
};

export const createSite = (): Site => ({
  clock: createClock(),
  stored: new Map(),
  hearers: new Set(),
  locks: new Map(),
  turns: new Map(),
  ids: 0,
});

/** One socket, seen from the platform. */
export class Line {
  readonly heard: ContactFrame[] = [];
  open = true;

  constructor(private readonly events: SocketEvents) {}

  accept(): this {
    this.events.opened();
    return this;
  }

  say(...frames: PlatformFrame[]): this {
    for (const frame of frames) this.events.received(JSON.stringify(frame));
    return this;
  }

  utter(text: string): void {
    this.events.received(text);
  }

  cut(code = 1006, reason = ''): void {
    this.open = false;
    this.events.closed(code, reason);
  }

  hears<T extends ContactFrame['type']>(type: T): Extract<ContactFrame, { type: T }>[] {
    return this.heard.filter((frame): frame is Extract<ContactFrame, { type: T }> => frame.type === type);
  }

  take(text: string): void {
    if (!this.open) throw new Error('sent on a closed socket');
    this.heard.push(JSON.parse(text) as ContactFrame);
  }
}

export type Tab = {
  chat: ChatClient;
  lines: Line[];
  /** The newest socket. */
  line(): Line;
  wentTo: string[];
  /** Faults of listeners. */
  reported: unknown[];
  happened: { [E in keyof ChatEvents]?: ChatEvents[E][] };
  network: { online: boolean };
  /** Connects and welcomes. */
  join(welcome?: Partial<Welcome>): Line;
  close(): void;
};

export type TabOptions = { random?: () => number; page?: string; storage?: 'kept' | 'denied' };

const EVENTS = ['ready', 'open', 'close', 'unread', 'message', 'ring', 'approach', 'state', 'error'] as const;

export function openTab(site: Site, options: TabOptions = {}): Tab {
  const { random = () => 0.5, page = 'https://shop.example/', storage = 'kept' } = options;
  const lines: Line[] = [];
  const wentTo: string[] = [];
  const reported: unknown[] = [];
  const happened: Record<string, unknown[]> = {};
  const network = { online: true };
  const kept = storage === 'kept' ? site.stored : new Map<string, string>();
  let hearer: ((note: unknown) => void) | null = null;

  const around: Surroundings = {
    clock: site.clock,
    store: {
      get: (name) => kept.get(name) ?? null,
      set: (name, value) => {
        if (value === null) kept.delete(name);
        else kept.set(name, value);
      },
    },
    channel: {
      post(note) {
        for (const hear of site.hearers) if (hear !== hearer) hear(structuredClone(note));
      },
      listen(hear) {
        hearer = hear;
        site.hearers.add(hear);
      },
      close() {
        if (hearer) site.hearers.delete(hearer);
      },
    },
    random,
    newId: () => `id-${String((site.ids += 1))}`,
    openSocket(events) {
      const line = new Line(events);
      lines.push(line);
      return {
        send: (text) => {
          line.take(text);
        },
        close() {
          line.open = false;
        },
      };
    },
    online: () => network.online,
    page: () => ({ url: page }),
    locale: () => 'en',
    go: (url) => wentTo.push(url),
    onlyOnce(name, first) {
      const free = (site.locks.get(name) ?? 0) <= site.clock.now();
      if (!free) return;
      site.locks.set(name, site.clock.now() + 2_000);
      first();
    },
    inTurn(name, turn) {
      const queue = site.turns.get(name) ?? [];
      site.turns.set(name, queue);
      queue.push(() => {
        turn(() => {
          queue.shift();
          queue[0]?.();
        });
      });
      if (queue.length === 1) queue[0]?.();
    },
    report: (error) => reported.push(error),
  };
  const chat = createChat(around, { key: 'w', origin: 'https://desk.example' });
  for (const event of EVENTS) {
    chat.on(event, (detail) => {
      (happened[event] ??= []).push(detail);
    });
  }
  const line = (): Line => {
    const newest = lines.at(-1);
    if (!newest) throw new Error('no socket was opened');
    return newest;
  };
  return {
    chat,
    lines,
    line,
    wentTo,
    reported,
    happened,
    network,
    join(part = {}) {
      if (!lines.length) chat.start();
      return line().accept().say(welcome(part));
    },
    close: () => {
      chat.stop();
    },
  };
}

export const LOOK = { name: 'Shop', language: 'en', accent: '#123456', side: 'right' } as const;

export const welcome = (part: Partial<Welcome> = {}): Welcome => ({
  type: 'welcome',
  token: 'token-1',
  epoch: 'epoch-1',
  widget: LOOK,
  ...part,
});

/** A welcome that holds a whole conversation. */
export const welcomeWith = (entries: WidgetEntry[], part: Partial<Welcome> = {}): Partial<Welcome> => ({
  conversation: { id: 'c1', last_seq: entries.at(-1)?.seq ?? 0 },
  entries,
  ...part,
});

const bot = { kind: 'bot', name: 'Ada' } as const;
const contact = { kind: 'contact' } as const;
const system = { kind: 'system' } as const;

/** Entries in short. */
export const entry = {
  joined: (seq: number): WidgetEntry => ({ kind: 'joined', seq, at: START, author: bot }),
  said: (seq: number, body: string): WidgetEntry => ({ kind: 'message', seq, at: START, author: bot, body }),
  wrote: (seq: number, body: string, message_id?: string): WidgetEntry => ({
    kind: 'message',
    seq,
    at: START,
    author: contact,
    body,
    ...(message_id === undefined ? {} : { message_id }),
  }),
  bubbles: (seq: number, ...options: string[]): WidgetEntry => ({
    kind: 'bubbles',
    seq,
    at: START,
    author: bot,
    body: 'Choose',
    options,
  }),
  click: (seq: number, of: number, option: number, message_id?: string): WidgetEntry => ({
    kind: 'click',
    seq,
    at: START,
    author: contact,
    of,
    option,
    headline: `option ${String(option)}`,
    ...(message_id === undefined ? {} : { message_id }),
  }),
  navigate: (seq: number, url: string, fallback?: string): WidgetEntry => ({
    kind: 'navigate',
    seq,
    at: START,
    author: bot,
    url,
    ...(fallback === undefined ? {} : { fallback }),
  }),
  navigated: (seq: number, of: number, followed: boolean): WidgetEntry => ({
    kind: 'navigated',
    seq,
    at: START,
    author: contact,
    of,
    followed,
  }),
  queued: (seq: number): WidgetEntry => ({ kind: 'queued', seq, at: START, author: system, reason: 'forwarded' }),
  ended: (seq: number): WidgetEntry => ({ kind: 'ended', seq, at: START, author: system, reason: 'bot_ended' }),
};

/** What the contact reads, a line an item. */
export const shown = (tab: Tab): string[] =>
  tab.chat.state.items.value.map((item) => {
    if (item.kind === 'message') return item.status === 'sent' ? item.body : `${item.body} (${item.status})`;
    if (item.kind === 'navigate') return `${item.kind}: ${item.outcome}`;
    return item.kind;
  });

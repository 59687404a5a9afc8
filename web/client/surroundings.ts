/** What the client needs from the place it runs in: `browser.ts` and `ground.ts` have the real ones, tests bring their own. */

import type { PageView } from '../protocol/frames';

/** Ends what it was returned for. */
export type Cancel = () => void;

export interface Clock {
  /** Milliseconds since 1970 UTC. */
  now(): number;
  after(ms: number, ring: () => void): Cancel;
}

export interface Socket {
  send(text: string): void;
  /** No event of this socket is heard afterwards. */
  close(): void;
}

export type SocketEvents = {
  opened(): void;
  received(text: string): void;
  closed(code: number, reason: string): void;
};

/** Keeps text between pages. Never throws: where the browser keeps nothing, it keeps it for this page. */
export interface Store {
  get(name: string): string | null;
  set(name: string, value: string | null): void;
}

/** Reaches the other tabs of this site. */
export interface Channel {
  post(note: unknown): void;
  listen(hear: (note: unknown) => void): void;
  close(): void;
}

export interface Surroundings {
  readonly clock: Clock;
  readonly store: Store;
  readonly channel: Channel;
  /** From 0 up to, never, 1. */
  random(): number;
  /** A fresh UUID. */
  newId(): string;
  openSocket(events: SocketEvents): Socket;
  online(): boolean;
  page(): PageView;
  locale(): string;
  /** Leaves for another address in this tab. */
  go(url: string): void;
  /** Runs `first` in one tab only, of all those that ask for the same name within a moment. */
  onlyOnce(name: string, first: () => void): void;
  /** Runs `turn` when no other tab holds the same name, until it says that it is done. */
  inTurn(name: string, turn: (done: () => void) => void): void;
  /** Where the fault of a listener goes, which is not ours. */
  report(error: unknown): void;
}

/** One timer that can be set anew. */
export interface Alarm {
  set(ms: number, ring: () => void): void;
  clear(): void;
  isSet(): boolean;
}

/** An alarm on a clock. */
export function createAlarm(clock: Clock): Alarm {
  let cancel: Cancel | null = null;
  const clear = (): void => {
    cancel?.();
    cancel = null;
  };
  return {
    clear,
    isSet: () => cancel !== null,
    set(ms, ring) {
      clear();
      cancel = clock.after(ms, () => {
        cancel = null;
        ring();
      });
    },
  };
}

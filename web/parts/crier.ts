/** Tells what has just arrived: what moves, and what is read out, once. */

import type { Item } from '../client/model';
import { createArrivals } from './arrivals';
import type { Chat } from './chat';
import { spoken } from './spoken';

/** So many announcements stay in the twin; a reader that is slow has not lost them. */
const TWIN_HOLDS = 8;

export type Line = { readonly id: number; readonly line: string };

export interface Crier {
  /** The keys of what came while the contact watched. */
  readonly entering: ReadonlySet<string>;
  /** The newest announcements. */
  twin(): readonly Line[];
  cry(chat: Chat, items: readonly Item[]): void;
  /** What is there up to now was there before. */
  begin(): void;
}

export function createCrier(): Crier {
  const { take, begin } = createArrivals();
  const entering = new Set<string>();
  let twin: Line[] = [];
  let announced = 0;
  return {
    entering,
    begin,
    twin: () => twin,
    cry(chat, items) {
      const fresh = take(items);
      for (const { key } of fresh) entering.add(key);
      const lines = fresh.flatMap((item) => spoken(chat, item) ?? []);
      twin = [...twin, ...lines.map((line) => ({ id: ++announced, line }))].slice(-TWIN_HOLDS);
    },
  };
}

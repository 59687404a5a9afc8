/** What this browser keeps of a widget between pages. */

import type { WidgetLook } from '../protocol/frames';
import type { Store } from './surroundings';

/** What lies under `frontdesk:<key>`; the loader reads it too. */
export type Remembered = {
  readonly token?: string;
  readonly look?: WidgetLook;
  /** A conversation is live, or one may begin by itself: the loader fetches the panel soon after the page. */
  readonly live?: boolean;
  readonly unread?: number;
  /** When the panel last opened by itself. */
  readonly approached?: number;
};

export interface Memory {
  recall(): Remembered;
  /** Changes what is given, keeps the rest: other tabs write here too. */
  remember(change: Remembered): void;
  draft(): string;
  keepDraft(text: string): void;
}

/** Reads a JSON value that this client, or an older one, or the page wrote; null where it is not to be read. */
export function readJson(store: Store, name: string): unknown {
  try {
    return JSON.parse(store.get(name) ?? 'null');
  } catch {
    return null;
  }
}

export function createMemory(store: Store, key: string): Memory {
  const name = `frontdesk:${key}`;
  const recall = (): Remembered => {
    const value = readJson(store, name);
    return typeof value === 'object' && value ? value : {};
  };
  return {
    recall,
    remember: (change) => {
      store.set(name, JSON.stringify({ ...recall(), ...change }));
    },
    draft: () => store.get(`${name}:draft`) ?? '',
    keepDraft: (text) => {
      store.set(`${name}:draft`, text || null);
    },
  };
}

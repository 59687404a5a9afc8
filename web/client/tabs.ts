/** What the tabs of one site tell one another about a widget. */

import type { Surroundings } from './surroundings';

export type Note =
  | { readonly note: 'seen'; readonly conversation: string; readonly seq: number }
  | { readonly note: 'token'; readonly token: string }
  /** A message was put into the shared outbox. */
  | { readonly note: 'queued' }
  | { readonly note: 'acked' | 'dropped'; readonly id: string }
  | { readonly note: 'rung'; readonly name: string };

export interface Tabs {
  tell(note: Note): void;
  /** Hears everything but what concerns ringing. */
  listen(hear: (note: Exclude<Note, { note: 'rung' }>) => void): void;
  /** Runs `ring` in one of the tabs that ask for `name`. */
  ringOnce(name: string, ring: () => void): void;
  close(): void;
}

/** As many names of rung messages as are kept, so that a tab that wakes late stays quiet. */
const RUNG_KEPT = 50;

/** The page's own scripts can write into the channel too: only what has the right shape is heard. */
function isNote(value: unknown): value is Note {
  if (typeof value !== 'object' || !value || !('note' in value)) return false;
  const { conversation, seq, token, id, name } = value as Record<string, unknown>;
  switch (value.note) {
    case 'queued':
      return true;
    case 'seen':
      return typeof conversation === 'string' && typeof seq === 'number';
    case 'token':
      return typeof token === 'string';
    case 'acked':
    case 'dropped':
      return typeof id === 'string';
    default:
      return value.note === 'rung' && typeof name === 'string';
  }
}

export function createTabs({ channel, onlyOnce }: Surroundings): Tabs {
  const rung: string[] = [];
  const noteRung = (name: string): void => {
    rung.push(name);
    if (rung.length > RUNG_KEPT) rung.shift();
  };
  return {
    tell: (note) => {
      channel.post(note);
    },
    listen(hear) {
      channel.listen((value) => {
        if (!isNote(value)) return;
        if (value.note === 'rung') noteRung(value.name);
        else hear(value);
      });
    },
    ringOnce(name, ring) {
      onlyOnce(name, () => {
        if (rung.includes(name)) return;
        noteRung(name);
        channel.post({ note: 'rung', name } satisfies Note);
        ring();
      });
    },
    close: () => {
      channel.close();
    },
  };
}

/** Claims the links that a bot sends the contact to: one tab follows, the others learn the outcome from the log. */

import type { WidgetEntry } from '../protocol/frames';
import type { Errands } from './errands';
import { mayFollow } from './navigation';
import type { Surroundings } from './surroundings';

/** How long a tab that may still follow a link is waited for, before its fallback is shown. */
const SETTLE_AFTER = 3_000;

export interface Travels {
  /** An entry arrived while this page was connected: it may move this tab. */
  heard(conversation: string, entry: WidgetEntry, page: string): void;
  /** Entries from before are never followed: once nobody else can follow them, their fallbacks stand. */
  found(conversation: string, entries: readonly WidgetEntry[], isOpen: (seq: number) => boolean): void;
}

export function createTravels(around: Surroundings, errands: Errands): Travels {
  const claim = (conversation: string, seq: number, url: string, followed: boolean): void => {
    void errands
      .run({ type: 'settle_navigation', message_id: around.newId(), conversation, seq, followed })
      .then((answer) => {
        if (answer.type === 'ack' && followed) around.go(url);
      });
  };
  return {
    heard(conversation, entry, page) {
      if (entry.kind === 'navigate') claim(conversation, entry.seq, entry.url, mayFollow(entry.url, page));
    },
    found(conversation, entries, isOpen) {
      const journeys = entries.filter((entry) => entry.kind === 'navigate');
      if (!journeys.length) return;
      around.clock.after(SETTLE_AFTER, () => {
        for (const { seq, url } of journeys) if (isOpen(seq)) claim(conversation, seq, url, false);
      });
    },
  };
}

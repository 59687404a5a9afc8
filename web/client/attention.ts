/** How far the newest conversation has been on screen, in this tab or another. */

import type { ContactFrame } from '../protocol/frames';
import { lastSeq } from './fold';
import type { History } from './history';
import { createAlarm, type Clock } from './surroundings';
import type { Tabs } from './tabs';

/** Each `seen` counts against the contact's own messages, so a burst of entries makes one. */
const TELL_WITHIN = 1_000;

export interface Attention {
  /** The number of the newest entry that has been on screen. */
  seen(): number;
  visible(): boolean;
  show(visible: boolean): void;
  /** Entries may have come: where the history is on screen, they are seen. */
  look(): void;
  /** The platform's word, or another tab's. */
  learn(seq: number): void;
  /** Another conversation is the newest now. */
  restart(seq: number): void;
  stop(): void;
}

export function createAttention(
  clock: Clock,
  history: History,
  tabs: Tabs,
  send: (frame: ContactFrame) => boolean,
): Attention {
  const alarm = createAlarm(clock);
  let seen = 0;
  let visible = false;

  const tellPlatform = (): void => {
    const newest = history.newest();
    if (newest && seen) send({ type: 'seen', conversation: newest.conversation, seq: seen });
  };

  const look = (): void => {
    const newest = history.newest();
    if (!visible || !newest || lastSeq(newest) <= seen) return;
    seen = lastSeq(newest);
    tabs.tell({ note: 'seen', conversation: newest.conversation, seq: seen });
    if (!alarm.isSet()) alarm.set(TELL_WITHIN, tellPlatform);
  };

  return {
    seen: () => seen,
    visible: () => visible,
    look,
    show(now) {
      visible = now;
      look();
      // The page may be on its way out, and what it does not tell now is unread on the next.
      if (!now && alarm.isSet()) {
        alarm.clear();
        tellPlatform();
      }
    },
    learn(seq) {
      // What was seen while the link was down is still to be told.
      if (seq < seen) alarm.set(TELL_WITHIN, tellPlatform);
      else seen = seq;
    },
    restart(seq) {
      seen = seq;
    },
    stop: alarm.clear,
  };
}

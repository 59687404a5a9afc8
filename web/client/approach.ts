/** Whether the panel of a proactive widget opens by itself: once a day at most, and never after the contact did. */

import type { WidgetLook } from '../protocol/frames';
import type { Memory } from './memory';
import { createAlarm, type Clock } from './surroundings';

const AGAIN_AFTER = 24 * 3_600_000;
const DEFAULT_WAIT_S = 10;

export interface Approach {
  plan(look: WidgetLook): void;
  clear(): void;
}

export function createApproach(clock: Clock, memory: Memory, approach: () => void): Approach {
  const alarm = createAlarm(clock);
  let over = false;
  return {
    plan({ approach_mode, proactive_after_s }) {
      if (over || approach_mode !== 'proactive') return;
      if (clock.now() - (memory.recall().approached ?? 0) < AGAIN_AFTER) return;
      alarm.set((proactive_after_s ?? DEFAULT_WAIT_S) * 1000, () => {
        memory.remember({ approached: clock.now() });
        approach();
      });
    },
    clear() {
      over = true;
      alarm.clear();
    },
  };
}

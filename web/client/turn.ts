/** Tabs that meet the platform at once would become several contacts: each waits until the one before it has a token. */

import type { Surroundings } from './surroundings';

export interface Turn {
  /** Runs `speak` when it is this tab's turn; the turn is over at once where that gives false. */
  take(speak: () => boolean): void;
  end(): void;
}

export function createTurn({ inTurn }: Surroundings, key: string): Turn {
  let done: (() => void) | null = null;
  return {
    take(speak) {
      inTurn(`frontdesk:${key}:hello`, (over) => {
        if (speak()) done = over;
        else over();
      });
    },
    end() {
      done?.();
      done = null;
    },
  };
}

/** Tells what has just arrived from what was there before: only that moves, and only that is read out. */

import type { Item } from '../client/model';

export interface Arrivals {
  /** The items that were not there before and are not older ones; before `begin` there are none. Each is named once. */
  take(items: readonly Item[]): Item[];
  begin(): void;
}

export function createArrivals(): Arrivals {
  const known = new Set<string>();
  let begun = false;
  let top: string | undefined;
  return {
    begin: () => {
      begun = true;
    },
    take(items) {
      // What stands before the item that was the first is history that was asked for.
      const older = items.findIndex((item) => item.key === top);
      top = items[0]?.key;
      return items.filter((item, index) => {
        // A journey that is being decided has nothing to show yet.
        if (known.has(item.key) || (item.kind === 'navigate' && item.outcome === 'pending')) return false;
        known.add(item.key);
        return begun && index >= older;
      });
    },
  };
}

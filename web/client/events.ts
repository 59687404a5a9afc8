/** Tells listeners what happened; a listener that fails harms nobody else. */

import type { ChatEvents } from './model';

type Listener<E extends keyof ChatEvents> = (detail: ChatEvents[E]) => void;

export interface Emitter {
  on<E extends keyof ChatEvents>(event: E, listener: Listener<E>): () => void;
  emit<E extends keyof ChatEvents>(event: E, detail: ChatEvents[E]): void;
  clear(): void;
}

export function createEmitter(report: (error: unknown) => void): Emitter {
  const listeners = new Set<{ event: keyof ChatEvents; listener: Listener<never> }>();
  return {
    on(event, listener) {
      const entry = { event, listener: listener as Listener<never> };
      listeners.add(entry);
      return () => listeners.delete(entry);
    },
    emit(event, detail) {
      for (const one of [...listeners]) {
        if (one.event !== event) continue;
        try {
          one.listener(detail as never);
        } catch (error) {
          report(error);
        }
      }
    },
    clear: () => {
      listeners.clear();
    },
  };
}

/** What is needed of the browser before there is a chat: names, a place to keep things, a socket. */

import type { Store } from './surroundings';

export type ChatOptions = { readonly key: string; readonly origin: string };

/** A UUID of version 4; `crypto.randomUUID` is missing on pages without TLS. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 15) | 64;
  bytes[8] = ((bytes[8] ?? 0) & 63) | 128;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** `localStorage` where the browser allows it; what it refuses lasts as long as the page. */
export function createStore(): Store {
  const page = new Map<string, string | null>();
  return {
    get(name) {
      if (page.has(name)) return page.get(name) ?? null;
      try {
        return localStorage.getItem(name);
      } catch {
        return null;
      }
    },
    set(name, value) {
      try {
        if (value === null) localStorage.removeItem(name);
        else localStorage.setItem(name, value);
        page.delete(name);
      } catch {
        page.set(name, value);
      }
    },
  };
}

/** A socket, and how it closed where nobody listened yet. */
export type Dialled = { readonly socket: WebSocket; closed?: CloseEvent };

/** Calls the platform, which speaks only after it was spoken to. */
export function dial({ key, origin }: ChatOptions): Dialled {
  const dialled: Dialled = {
    socket: new WebSocket(`${origin.replace(/^http/, 'ws')}/widget/socket?key=${encodeURIComponent(key)}`),
  };
  dialled.socket.onclose = (event) => {
    dialled.closed = event;
  };
  return dialled;
}

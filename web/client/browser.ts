/** The real surroundings of a chat: the one file of the client that touches the browser. */

import { createChat, type ChatOptions } from './chat';
import type { ChatClient, PageView } from './model';
import type { Cancel, Channel, Socket, SocketEvents, Store, Surroundings } from './surroundings';

/** How long one tab holds the right to ring, so that a slower one stays quiet. */
const RING_HELD = 2_000;

const currentPage = (): PageView => ({
  url: location.href,
  title: document.title || null,
  referrer: document.referrer || null,
});

/** A UUID of version 4; `crypto.randomUUID` is missing on pages without TLS. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 15) | 64;
  bytes[8] = ((bytes[8] ?? 0) & 63) | 128;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** `localStorage` where the browser allows it; what it refuses lasts as long as the page. */
function createStore(): Store {
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

function openSocket(url: string, events: SocketEvents): Socket {
  const socket = new WebSocket(url);
  socket.onopen = events.opened;
  socket.onmessage = ({ data }) => {
    if (typeof data === 'string') events.received(data);
  };
  socket.onclose = ({ code, reason }) => {
    events.closed(code, reason);
  };
  return {
    send: (text) => {
      socket.send(text);
    },
    close() {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    },
  };
}

function openChannel(name: string): Channel {
  if (!('BroadcastChannel' in globalThis))
    return { post: () => undefined, listen: () => undefined, close: () => undefined };
  const channel = new BroadcastChannel(name);
  return {
    post: (note) => {
      channel.postMessage(note);
    },
    listen: (hear) => {
      channel.onmessage = ({ data }) => {
        hear(data);
      };
    },
    close: () => {
      channel.close();
    },
  };
}

/** Web Locks exist on pages with TLS only; without them every tab is the first. */
function onlyOnce(name: string, first: () => void): void {
  const locks = (navigator as { locks?: LockManager }).locks;
  if (!locks) {
    first();
    return;
  }
  void locks.request(name, { ifAvailable: true }, (lock) => {
    if (!lock) return undefined;
    first();
    return new Promise((free) => setTimeout(free, RING_HELD));
  });
}

function surroundings({ key, origin }: ChatOptions): Surroundings {
  const url = `${origin.replace(/^http/, 'ws')}/widget/socket?key=${encodeURIComponent(key)}`;
  return {
    clock: {
      now: () => Date.now(),
      after(ms, ring) {
        const timer = setTimeout(ring, ms);
        return () => {
          clearTimeout(timer);
        };
      },
    },
    store: createStore(),
    channel: openChannel(`frontdesk:${key}`),
    random: () => Math.random(),
    newId,
    openSocket: (events) => openSocket(url, events),
    online: () => navigator.onLine,
    page: currentPage,
    locale: () => navigator.language,
    go: (target) => {
      location.assign(target);
    },
    onlyOnce,
    report: (error) => {
      console.error(error);
    },
  };
}

/** Tells `client` when the network, the contact or the page's address changes. */
function watch(client: ChatClient): Cancel {
  const over = new AbortController();
  const { signal } = over;
  const wake = (): void => {
    if (document.visibilityState === 'visible') client.wake();
  };
  const turn = (): void => {
    client.turnPage(currentPage());
  };
  for (const type of ['focus', 'pageshow']) addEventListener(type, wake, { signal });
  for (const type of ['online', 'offline']) addEventListener(type, client.wake, { signal });
  document.addEventListener('visibilitychange', wake, { signal });
  for (const type of ['popstate', 'hashchange']) addEventListener(type, turn, { signal });
  const navigation = (globalThis as { navigation?: EventTarget }).navigation;
  navigation?.addEventListener('navigatesuccess', turn, { signal });
  return () => {
    over.abort();
  };
}

/** Tells the loader of this tab's next page that the panel is open. */
function rememberOpen(key: string, open: boolean): void {
  try {
    sessionStorage.setItem(`frontdesk:${key}`, open ? '1' : '0');
  } catch (error) {
    console.info('Frontdesk: the panel will be closed on the next page.', error);
  }
}

/** The chat of this page: connected from `start` to `stop`. */
export function createBrowserChat(options: ChatOptions): ChatClient {
  const client = createChat(surroundings(options), options);
  let unwatch: Cancel | null = null;
  return {
    ...client,
    openPanel(mode) {
      rememberOpen(options.key, true);
      client.openPanel(mode);
    },
    closePanel() {
      rememberOpen(options.key, false);
      client.closePanel();
    },
    start() {
      unwatch ??= watch(client);
      client.start();
    },
    stop() {
      unwatch?.();
      unwatch = null;
      client.stop();
    },
  };
}

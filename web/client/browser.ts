/** The real surroundings of a chat: the one file of the client that touches the browser. */

import { createChat } from './chat';
import { createStore, dial, newId, type ChatOptions, type Dialled } from './ground';
import type { ChatClient, PageView } from './model';
import type { Cancel, Channel, Socket, SocketEvents, Surroundings } from './surroundings';

/** How long one tab holds the right to ring, so that a slower one stays quiet. */
const RING_HELD = 2_000;

const currentPage = (): PageView => ({
  url: location.href,
  title: document.title || null,
  referrer: document.referrer || null,
});

function adopt({ socket, closed }: Dialled, events: SocketEvents): Socket {
  if (socket.readyState === WebSocket.OPEN) queueMicrotask(events.opened);
  if (closed)
    queueMicrotask(() => {
      events.closed(closed.code, closed.reason);
    });
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

/** Where there are no locks, nobody waits for another. */
function inTurn(name: string, turn: (done: () => void) => void): void {
  const locks = (navigator as { locks?: LockManager }).locks;
  const atOnce = (): void => {
    turn(() => undefined);
  };
  if (locks) locks.request(name, () => new Promise<void>(turn)).catch(atOnce);
  else atOnce();
}

/** `first` is a socket that was opened before there was a chat to use it. */
function surroundings({ key, origin }: ChatOptions, first: Dialled): Surroundings {
  let early: Dialled | null = first;
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
    openSocket(events) {
      const dialled = early ?? dial({ key, origin });
      early = null;
      return adopt(dialled, events);
    },
    online: () => navigator.onLine,
    page: currentPage,
    locale: () => navigator.language,
    go: (target) => {
      location.assign(target);
    },
    onlyOnce,
    inTurn,
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
export function createBrowserChat(options: ChatOptions, early: Dialled): ChatClient {
  const client = createChat(surroundings(options, early), options);
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

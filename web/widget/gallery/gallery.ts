/** Shows one scene of the panel; only for looking at it and for tests, never built into the product. */

import { createSignals } from '../../client/signal';
import type { ChatClient, ChatEvents, ChatState, Item } from '../../client/model';
import { stage } from '../stage';
import { scenes, type Scene } from './scenes';

const wanted = new URLSearchParams(location.search);
const name = wanted.get('scene') ?? 'talk';
const scene: Scene = (scenes as Record<string, Scene>)[name] ?? {};
const tell = (event: keyof ChatEvents, detail: unknown): void => {
  for (const listen of heard.get(event) ?? []) listen(detail);
};
const heard = new Map<string, Set<(detail: unknown) => void>>();
const signal = createSignals(() => {
  tell('change', {});
});

const look = {
  name: 'Ada',
  language: wanted.get('lang') ?? 'en',
  accent: wanted.get('accent') ?? '#1f5e56',
  side: wanted.get('side') === 'left' ? 'left' : 'right',
  title: wanted.get('title') ?? 'Oak & Linen',
  welcome: 'Good to see you. Ask us anything about our furniture.',
} as const;

const state = {
  items: signal<readonly Item[]>(scene.items ?? []),
  link: signal(scene.link ?? 'online'),
  look: signal(scene.look === null ? null : look),
  conversation: signal(scene.conversation ?? null),
  operator: signal(scene.operator ?? null),
  phase: signal(scene.phase ?? 'none'),
  typing: signal(scene.typing ?? false),
  unread: signal(scene.unread ?? 0),
  emailOffer: signal(scene.emailOffer ?? 'none'),
  atBeginning: signal(scene.atBeginning ?? true),
  loadingEarlier: signal(false),
  failure: signal(scene.failure ?? null),
  draft: signal(scene.draft ?? ''),
};

let count = 1000;
const add = (item: Partial<Item> & { kind: Item['kind'] }): void => {
  count += 1;
  const base = { key: `n${String(count)}`, seq: count, at: Date.now(), mine: false, past: false };
  state.items.value = [...state.items.value, { ...base, author: { kind: 'bot', name: 'Ada' }, ...item } as Item];
};

const nothing = (): void => undefined;
const client: ChatClient = {
  state: state as ChatState,
  key: 'gallery',
  origin: location.origin,
  start: () => {
    tell('ready', {});
  },
  stop: nothing,
  openPanel: nothing,
  closePanel: nothing,
  retry: nothing,
  discard: (key) => {
    state.items.value = state.items.value.filter((item) => item.key !== key);
  },
  end: () => {
    state.phase.value = 'ended';
    add({ kind: 'ended', reason: 'contact_ended', author: { kind: 'system' } });
  },
  loadEarlier: () => {
    state.atBeginning.value = true;
    const older = state.items.value.slice(0, 20).map((item) => ({ ...item, key: `o${item.key}`, past: true }));
    state.items.value = [...older, ...state.items.value];
  },
  setVisible: nothing,
  turnPage: nothing,
  wake: nothing,
  say(body) {
    add({
      kind: 'message',
      body,
      format: 'plain',
      status: 'sent',
      reason: null,
      mine: true,
      author: { kind: 'contact' },
    });
    state.typing.value = true;
    setTimeout(() => {
      state.typing.value = false;
      add({ kind: 'message', body: `You said: **${body}**`, format: 'markdown', status: 'sent', reason: null });
    }, 900);
  },
  click(seq, option) {
    state.items.value = state.items.value.map((item) =>
      item.seq === seq ? ({ ...item, chosen: option, active: false } as Item) : item,
    );
  },
  leaveEmail: () => {
    state.emailOffer.value = 'left';
    queueMicrotask(() => {
      add({ kind: 'notice', code: 'email_left', text: null, author: { kind: 'system' } });
    });
    return Promise.resolve({ ok: true });
  },
  setDraft: (text) => {
    state.draft.value = text;
  },
  clearFailure: () => {
    state.failure.value = null;
  },
  on(event, listener) {
    const all = heard.get(event) ?? new Set();
    heard.set(event, all.add(listener as (detail: unknown) => void));
    return () => all.delete(listener as (detail: unknown) => void);
  },
};

const host = document.createElement('frontdesk-chat');
const root = host.attachShadow({ mode: 'open' });
const button = document.createElement('button');
button.textContent = 'Chat';
const corner = new CSSStyleSheet();
corner.replaceSync(
  ':host{position:fixed;inset:auto 20px 20px auto;z-index:9}button{inline-size:60px;block-size:60px;border:0;border-radius:50%;background:var(--fd-accent);color:#fff}',
);
root.adoptedStyleSheets = [corner];
root.append(button);
document.body.append(host);

const { call } = stage(
  {
    root,
    host,
    key: 'gallery',
    origin: location.origin,
    theme: wanted.get('theme') ?? undefined,
    restored: false,
    launcher: {
      button,
      setUnread: nothing,
      setOpen: (open) => {
        button.ariaExpanded = String(open);
      },
    },
  },
  async () => ({ ...(await import('../more')), client }),
);
button.onclick = () => {
  call('toggle');
};
if (!wanted.has('closed')) call('open');
Object.assign(window, { gallery: { add, state, call } });

const nav = document.querySelector('nav');
for (const one of Object.keys(scenes)) {
  const link = document.createElement('a');
  wanted.set('scene', one);
  link.href = `?${wanted.toString()}`;
  link.textContent = one;
  nav?.append(link, ' ');
}

/** Draws the launcher, keeps the calls of the page, and fetches the panel when somebody wants it. */

import type { Call, MountedPanel, PanelModule, Remembered } from './contract';
import css from './launcher.css?inline';

/** The built panel's file beside the loader; the build puts it in. */
declare const PANEL: string;

type Script = HTMLScriptElement | null;

/** What was kept under `name`; nothing where the browser lets nobody look. */
function recall(kind: 'localStorage' | 'sessionStorage', name: string): Remembered | null {
  try {
    return JSON.parse(window[kind].getItem(name) ?? 'null') as Remembered | null;
  } catch {
    return null;
  }
}

function install(key: string, { src, dataset }: HTMLScriptElement): void {
  const name = `frontdesk:${key}`;
  const { live, unread, look } = recall('localStorage', name) ?? {};
  const restored = !!recall('sessionStorage', name);
  const { accent = null } = dataset;
  const side = dataset.side === 'left' || dataset.side === 'right' ? dataset.side : null;
  const calls: Call[] = [];
  let loading: Promise<PanelModule> | undefined;
  let panel: MountedPanel | undefined;
  let mounting: boolean;

  const host = document.createElement('frontdesk-chat');
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  const button = document.createElement('button');
  const badge = document.createElement('i');

  const setUnread = (count: number): void => {
    badge.textContent = count ? `${count}` : '';
    button.ariaLabel = count ? `Chat (${count})` : 'Chat';
  };
  const setOpen = (open: boolean): void => {
    button.ariaExpanded = `${open}`;
    try {
      sessionStorage.setItem(name, open ? '1' : '0');
    } catch {
      // A browser that keeps nothing shows the panel closed on the next page.
      return;
    }
  };

  const load = (): Promise<PanelModule> =>
    (loading ??= import(/* @vite-ignore */ new URL(PANEL, src).href) as Promise<PanelModule>);

  const mount = async (): Promise<void> => {
    if (mounting) return;
    mounting = true;
    try {
      const { mount: draw } = await load();
      const { origin } = new URL(src);
      const launcher = { button, setUnread, setOpen };
      panel = draw({ root, host, key, origin, accent, side, launcher, restored });
      for (const call of calls.splice(0)) panel.call(...call);
    } catch (error) {
      loading = undefined;
      mounting = false;
      button.title = 'Chat: try again';
      console.error(error);
    }
  };

  const frontdesk = (...call: Call): void => {
    const [verb] = call;
    if (verb === 'show' || verb === 'hide') host.hidden = verb === 'hide';
    else if (panel) panel.call(...call);
    else {
      calls.push(call);
      if (/open|toggle|send|prefill/.test(verb)) void mount();
    }
    if (verb === 'destroy') {
      host.remove();
      delete window.Frontdesk;
    }
  };

  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];
  root.append(button);
  button.append(badge);
  host.dataset.side = side ?? look?.side ?? 'right';
  host.style.setProperty('--fd-accent', accent ?? look?.accent ?? '');
  setUnread(unread ?? 0);
  button.ariaExpanded = 'false';
  button.onpointerenter = button.onfocus = button.onpointerdown = () => void load();
  button.onclick = () => {
    frontdesk('toggle');
  };
  (document.body ?? document.documentElement).append(host);

  const early = window.Frontdesk?.q ?? [];
  window.Frontdesk = frontdesk;
  frontdesk.loaded = true;
  for (const call of early) frontdesk(...(Array.from(call) as unknown as Call));
  if (restored) void mount();
  else if (live || look?.approach_mode === 'proactive' || dataset.approach) {
    (window.requestIdleCallback ?? setTimeout)(() => void mount());
  }
}

const script = (document.currentScript ?? document.querySelector('script[data-widget]')) as Script;
const key = script?.dataset.widget;
if (!script || !key) console.error('Frontdesk: the script element needs data-widget="<key of the widget>".');
else if (!window.Frontdesk?.loaded) install(key, script);

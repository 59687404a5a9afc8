/** Draws the launcher, keeps the calls of the page, and fetches the panel when somebody wants it. */

import type { Call, MountedPanel, PanelModule, Remembered } from './contract';
import css from './launcher.css?inline';

/** The built panel's file beside the loader; the build puts it in. */
declare const PANEL: string;

/** Milliseconds after which the page has drawn itself. */
const SOON = 999;

/** What was kept under `name`; nothing where the browser lets nobody look. */
function recall(kind: 'localStorage' | 'sessionStorage', name: string): Remembered | null {
  try {
    return JSON.parse(window[kind][name] as string) as Remembered;
  } catch {
    return null;
  }
}

function install(key: string, { src, dataset }: HTMLScriptElement): void {
  const name = 'frontdesk:' + key;
  const { live, unread, look } = recall('localStorage', name) ?? {};
  const restored = !!recall('sessionStorage', name);
  const { accent, side, approach } = dataset;
  const calls: Call[] = [];
  const host = document.createElement('frontdesk-chat');
  const root = host.attachShadow({ mode: 'open' });
  const button = document.createElement('button');
  const sheet = new CSSStyleSheet();
  let loading: Promise<PanelModule> | undefined;
  let mounting: Promise<void> | undefined;
  let panel: MountedPanel | undefined;

  const setUnread = (count?: number): void => {
    button.dataset.unread = `${count || ''}`;
    button.ariaLabel = 'Chat' + (count ? ` (${count})` : '');
  };
  const setOpen = (open: boolean): void => {
    button.ariaExpanded = `${open}`;
  };

  const load = (): Promise<PanelModule> =>
    (loading ??= import(/* @vite-ignore */ new URL(PANEL, src).href) as Promise<PanelModule>);

  const mount = (): Promise<void> =>
    (mounting ??= load()
      .then((module) => {
        const launcher = { button, setUnread, setOpen };
        panel = module.mount({ ...dataset, root, host, key, origin: new URL(src).origin, launcher, restored });
        for (const call of calls) panel.call(...call);
      })
      .catch((error: unknown) => {
        loading = mounting = undefined;
        button.title = 'Chat: try again';
        console.error(error);
      }));

  const frontdesk = (...call: Call): void => {
    const [verb] = call;
    if (/show|hide/.test(verb)) host.hidden = verb === 'hide';
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
  host.dataset.side = side ?? look?.side;
  host.style.setProperty('--fd-accent', accent ?? look?.accent ?? '#0b5cd5');
  setUnread(unread);
  setOpen(false);
  button.onpointerenter = button.onfocus = load;
  button.onclick = () => {
    frontdesk('toggle');
  };
  (document.body ?? document.documentElement).append(host);

  const early = window.Frontdesk?.q ?? [];
  window.Frontdesk = frontdesk;
  frontdesk.loaded = true;
  for (const call of early) frontdesk(...(call as Call));
  if (restored) void mount();
  else if (live || approach) setTimeout(mount, SOON);
}

const script = document.currentScript as HTMLScriptElement | null;
const key = script?.dataset.widget;
if (!script || !key) console.error('Frontdesk: the script element needs data-widget="<key>"');
else if (!window.Frontdesk?.loaded) install(key, script);

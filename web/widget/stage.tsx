/** Puts a chat on the page: opens and closes the panel, keeps the focus, and draws whenever the chat changes. */

import { render } from 'preact';
import type { ChatClient, ChatEvents } from '../client/model';
import type { Call, MountedPanel, MountOptions } from '../loader/contract';
import { createArrivals } from '../parts/arrivals';
import type { Chat } from '../parts/chat';
import { spoken } from '../parts/spoken';
import { en, textsFor, type Texts } from '../parts/texts';
import { colours } from './colours';
import { Panel } from './Panel';
import css from './panel.css?inline';
import { createRoom, goRound } from './room';

/** So many announcements stay in the twin; a reader that is slow has not lost them. */
const TWIN_HOLDS = 8;

type Mode = 'normal' | 'proactive' | 'restored';
type Listener = Parameters<ChatClient['on']>[1];
type Update = { readonly theme?: string | undefined; readonly locale?: string; readonly accent?: string };

export function stage(client: ChatClient, options: MountOptions): MountedPanel {
  const { host, root, launcher } = options;
  const { state } = client;
  const frame = document.createElement('div');
  // A root of our own, so that neither the launcher's rules nor ours meet the other's elements.
  const shadow = frame.attachShadow({ mode: 'open' });
  const sheets = [new CSSStyleSheet(), new CSSStyleSheet()] as const;
  sheets[1].replaceSync(css);
  shadow.adoptedStyleSheets = [...sheets];
  root.append(frame);

  let open = false;
  let { accent } = options;
  let locale: string | undefined;
  let texts: Texts = en;
  let chat: Chat | undefined;
  let twin: { readonly id: number; readonly line: string }[] = [];
  let announced = 0;
  let tinted: string | undefined;

  const arrivals = createArrivals();
  const entering = new Set<string>();
  const listeners = new Map<unknown, () => void>();
  const over = new AbortController();
  const room = createRoom(frame, launcher.button, draw);

  const field = (): HTMLElement | null => shadow.querySelector('textarea');
  const dialog = (): HTMLElement | null => shadow.querySelector('section');
  const focus = (): void => (field() ?? dialog())?.focus();

  const look = (): void => {
    client.setVisible(open && document.visibilityState === 'visible');
  };

  function show(mode: Mode): void {
    if (open) return;
    open = true;
    launcher.setOpen(true);
    client.openPanel(mode);
    look();
    draw();
    // What opens by itself does not take the focus, and a finger's keyboard would hide the greeting.
    if (mode === 'normal') (matchMedia('(pointer: coarse)').matches ? dialog() : (field() ?? dialog()))?.focus();
  }

  function close(): void {
    if (!open) return;
    const within = shadow.activeElement;
    open = false;
    launcher.setOpen(false);
    client.closePanel();
    look();
    draw();
    if (within) launcher.button.focus();
  }

  const keyDown = (event: KeyboardEvent): void => {
    // The keys typed here are no shortcuts of the page.
    event.stopPropagation();
    if (event.key === 'Escape' && !event.isComposing) close();
    else if (room.phone()) goRound(event, shadow);
  };

  /** The same object as long as it says the same, so that what is drawn from it need not be drawn anew. */
  function currentChat(): Chat {
    const name = state.operator.value?.name || state.look.value?.name || texts.title;
    if (chat?.texts !== texts || chat.name !== name) {
      // As the contact's own country writes it, where that speaks the panel's language.
      const region = navigator.languages.find((tag) => tag.startsWith(texts.language)) ?? texts.language;
      const clock = new Intl.DateTimeFormat(region, { hour: 'numeric', minute: '2-digit' });
      chat = { client, focus, texts, clock, name, address: chat?.address ?? '' };
    }
    return chat;
  }

  function dress(): void {
    const wanted = accent ?? state.look.value?.accent ?? '';
    if (wanted !== tinted) {
      tinted = wanted;
      sheets[0].replaceSync(colours(wanted));
      if (wanted) host.style.setProperty('--fd-accent', wanted);
    }
    host.dataset.side = frame.dataset.side = (options.side ?? state.look.value?.side) === 'left' ? 'left' : 'right';
    texts = textsFor(locale ?? (state.look.value?.language || navigator.language));
  }

  function announce(): void {
    const fresh = arrivals.take(state.items.value);
    for (const item of fresh) entering.add(item.key);
    const lines = fresh.flatMap((item) => spoken(currentChat(), item) ?? []);
    twin = [...twin, ...lines.map((line) => ({ id: ++announced, line }))].slice(-TWIN_HOLDS);
  }

  function draw(): void {
    dress();
    announce();
    const said = currentChat();
    const phase = state.phase.value;
    const widget = state.look.value;
    const alone = open && room.phone();
    launcher.setUnread(state.unread.value);
    render(
      <>
        <Panel
          chat={said}
          title={widget?.title || widget?.name || texts.title}
          welcome={widget?.welcome ?? ''}
          open={open}
          alone={alone}
          link={state.link.value}
          phase={phase}
          items={state.items.value}
          entering={entering}
          typing={state.typing.value ? said.name : null}
          draft={state.draft.value}
          failure={state.failure.value}
          offer={state.emailOffer.value === 'offered'}
          atBeginning={state.atBeginning.value}
          loadingEarlier={state.loadingEarlier.value}
          close={close}
          keyDown={keyDown}
        />
        <div class="sr" aria-live="polite" aria-relevant="additions">
          {twin.map(({ id, line }) => (
            <p key={id}>{line}</p>
          ))}
        </div>
      </>,
      shadow,
    );
    room.fill(alone);
  }

  function update({ theme, locale: tag = locale, accent: colour = accent }: Update): void {
    if (theme) frame.dataset.theme = theme;
    locale = tag;
    accent = colour;
    draw();
  }

  function destroy(): void {
    over.abort();
    client.stop();
    room.stop();
    render(null, shadow);
    frame.remove();
  }

  function call(...[verb, first, second]: Call): void {
    switch (verb) {
      case 'open':
        show('normal');
        break;
      case 'close':
        close();
        break;
      case 'toggle':
        if (open) close();
        else show('normal');
        break;
      case 'send':
        show('normal');
        client.say(String(first));
        break;
      case 'prefill':
        client.setDraft(String(first));
        show('normal');
        break;
      case 'update':
        update(first as Update);
        break;
      case 'on':
        listeners.set(second, client.on(first as keyof ChatEvents, second as Listener));
        break;
      case 'off':
        listeners.get(second)?.();
        listeners.delete(second);
        break;
      case 'destroy':
        destroy();
        break;
      case 'show':
      case 'hide':
        // The loader's own.
        break;
      default:
        verb satisfies never;
    }
  }

  client.on('change', draw);
  client.on('ready', () => {
    // What came with the first welcome was there before.
    announce();
    arrivals.begin();
  });
  client.on('approach', () => {
    // On a phone the panel would cover the page that is being read: there the greeting shows as unread.
    if (room.phone()) client.openPanel('proactive');
    else show('proactive');
  });
  document.addEventListener('visibilitychange', look, over);
  update({ theme: host.dataset.theme });
  client.start();
  if (options.restored) show('restored');
  return { call };
}

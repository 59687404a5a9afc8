/** Puts a chat on the page: opens and closes the panel, keeps the focus, and draws whenever the chat changes. */

import { render } from 'preact';
import { createStore } from '../client/ground';
import type { ChatClient, ChatEvents } from '../client/model';
import { createStandIn, type Front } from '../client/stand_in';
import type { Call, MountedPanel, MountOptions } from '../loader/contract';
import type { Crier } from '../parts/crier';
import type { Chat, Shell } from '../parts/chat';
import { languageOf, learn, type Language } from '../parts/languages';
import { en } from '../parts/texts';
import type { FullTexts } from '../parts/texts_more';
import { colours } from './colours';
import { Panel, type More } from './Panel';
import css from './panel.css?inline';
import { createRoom, goRound } from './room';

/** Milliseconds before the second file is asked for again; doubles each time. */
const AGAIN_AFTER = 1_000;
const AGAIN_AT_MOST = 30_000;

/** The second file, with the chat that it made. */
export type Brought = More & { readonly client: ChatClient };

type Mode = 'normal' | 'proactive' | 'restored';
type Listener = Parameters<ChatClient['on']>[1];
type Update = Pick<MountOptions, 'theme' | 'locale' | 'accent'>;

export function stage(options: MountOptions, bring: () => Promise<Brought>): MountedPanel {
  const { host, root, launcher } = options;
  const frame = document.createElement('div');
  // A root of our own, so that neither the launcher's rules nor ours meet the other's elements.
  const shadow = frame.attachShadow({ mode: 'open' });
  const sheets = [new CSSStyleSheet(), new CSSStyleSheet(), new CSSStyleSheet()] as const;
  sheets[1].replaceSync(css);
  shadow.adoptedStyleSheets = [...sheets];
  root.append(frame);

  let open = false;
  let { accent, locale } = options;
  let language: Language | undefined;
  /** The words of a language that is not English: undefined while the first ones are on their way. */
  let foreign: FullTexts | null | undefined;
  let brought: Brought | undefined;
  let crier: Crier | undefined;
  let fetching = false;
  let failures = 0;
  let focusDue = false;
  let chat: Chat | undefined;
  let tinted: string | undefined;

  const standIn = createStandIn(options.key, createStore(), Date.now, () => {
    if (!brought) draw();
  });
  let client: Front = standIn;
  let { state } = client;
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
    focusDue = mode === 'normal';
    // What did not come the last time may come now.
    if (!foreign) language = undefined;
    void fetchRest();
    draw();
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

  async function fetchRest(): Promise<void> {
    if (brought || fetching || over.signal.aborted) return;
    fetching = true;
    try {
      takeOver(await bring());
    } catch (error) {
      console.error(error);
      standIn.despair(navigator.onLine);
      setTimeout(() => void fetchRest(), Math.min(AGAIN_AT_MOST, AGAIN_AFTER * 2 ** failures++));
    }
    fetching = false;
  }

  function takeOver(rest: Brought): void {
    if (over.signal.aborted) return;
    brought = rest;
    client = rest.client;
    ({ state } = client);
    sheets[2].replaceSync(rest.css);
    crier = rest.createCrier();
    client.on('change', draw);
    client.on('ready', () => {
      // What came with the first welcome was there before.
      crier?.cry(currentChat(rest), state.items.value);
      crier?.begin();
    });
    client.on('approach', () => {
      // On a phone the panel would cover the page that is being read: there the greeting shows as unread.
      if (room.phone()) client.openPanel('proactive');
      else show('proactive');
    });
    rest.client.start();
    standIn.handOver(rest.client);
    draw();
  }

  async function speak(next: Language): Promise<void> {
    if (next === language) return;
    language = next;
    let words: FullTexts | null = null;
    try {
      words = await learn(next);
    } catch (error) {
      console.error(error);
    }
    if (language !== next || over.signal.aborted) return;
    foreign = words;
    draw();
  }

  /** The same object as long as it says the same, so that what is drawn from it need not be drawn anew. */
  function currentChat({ en: full, client }: Brought): Chat {
    const said = foreign ?? full;
    const name = operatorName() || said.title;
    if (chat?.texts !== said || chat.name !== name) {
      // As the contact's own country writes it, where that speaks the panel's language.
      const region = navigator.languages.find((tag) => tag.startsWith(said.language)) ?? said.language;
      const clock = new Intl.DateTimeFormat(region, { hour: 'numeric', minute: '2-digit' });
      chat = { client, focus, clock, name, address: chat?.address ?? '', texts: said };
    }
    return chat;
  }

  const operatorName = (): string | undefined => state.operator.value?.name || state.look.value?.name;

  function dress(): void {
    const wanted = accent ?? state.look.value?.accent ?? '';
    if (wanted !== tinted) {
      tinted = wanted;
      sheets[0].replaceSync(colours(wanted));
      if (wanted) host.style.setProperty('--fd-accent', wanted);
    }
    host.dataset.side = frame.dataset.side = (options.side ?? state.look.value?.side) === 'left' ? 'left' : 'right';
    void speak(languageOf(locale ?? (state.look.value?.language || navigator.language)));
  }

  function draw(): void {
    dress();
    // In another language nothing is drawn before its words are here.
    if (foreign === undefined && language !== 'en') return;
    const shell: Shell = { client, focus, texts: foreign ?? en };
    const full = brought && currentChat(brought);
    if (full) crier?.cry(full, state.items.value);
    const phase = state.phase.value;
    const widget = state.look.value;
    const alone = open && room.phone();
    launcher.setUnread(state.unread.value);
    render(
      <>
        <Panel
          chat={shell}
          more={brought && full && { ...brought, chat: full }}
          said={standIn.said()}
          title={widget?.title || widget?.name || shell.texts.title}
          welcome={widget?.welcome ?? ''}
          open={open}
          alone={alone}
          link={state.link.value}
          phase={phase}
          items={state.items.value}
          entering={crier?.entering}
          typing={state.typing.value ? operatorName() || shell.texts.title : null}
          draft={state.draft.value}
          failure={state.failure.value}
          offer={state.emailOffer.value === 'offered'}
          atBeginning={state.atBeginning.value}
          loadingEarlier={state.loadingEarlier.value}
          close={close}
          keyDown={keyDown}
        />
        <div class="sr" aria-live="polite" aria-relevant="additions">
          {crier?.twin().map(({ id, line }) => (
            <p key={id}>{line}</p>
          ))}
        </div>
      </>,
      shadow,
    );
    room.fill(alone);
    if (!focusDue) return;
    focusDue = false;
    // What opens by itself does not take the focus, and a finger's keyboard would hide the greeting.
    (matchMedia('(pointer: coarse)').matches ? dialog() : (field() ?? dialog()))?.focus();
  }

  function update({ theme, locale: tag = locale, accent: colour = accent }: Update): void {
    if (theme) frame.dataset.theme = theme;
    locale = tag;
    accent = colour;
    draw();
  }

  function destroy(): void {
    over.abort();
    brought?.client.stop();
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

  document.addEventListener('visibilitychange', look, over);
  update(options);
  addEventListener('online', () => void fetchRest(), over);
  void fetchRest();
  if (options.restored) show('restored');
  return { call };
}

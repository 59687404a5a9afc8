/** Stands in for the chat until its code is here: keeps what is written and said, and hands over whatever was asked. */

import { newId } from './ground';
import { createMemory, readJson } from './memory';
import type { ChatClient, ChatState } from './model';
import type { Parcel } from './outbox';
import { createState } from './state';
import type { Store } from './surroundings';

const SAY_AT_MOST = 10_000;

/** As much of a chat as the panel needs before there is a history to show. */
export type Front = Pick<ChatClient, 'state' | 'on' | 'openPanel' | 'closePanel' | 'setVisible' | 'say' | 'setDraft'>;

export interface StandIn extends Front {
  /** What was said meanwhile, oldest first. It waits in the outbox. */
  said(): readonly string[];
  /** The chat's code did not come; it is tried again. */
  despair(online: boolean): void;
  /** From now on this one is asked. */
  handOver(chat: ChatClient): void;
}

/** A text as it is sent: a half of a surrogate pair cannot be encoded; the platform would refuse the whole frame. */
export const sayable = (text: string): string =>
  text
    .trim()
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .slice(0, SAY_AT_MOST);

export function createStandIn(key: string, store: Store, now: () => number, changed: () => void): StandIn {
  const memory = createMemory(store, key);
  const state = createState(memory, changed);
  const asked: ((chat: ChatClient) => void)[] = [];
  const said: string[] = [];
  const name = `frontdesk:${key}:outbox`;
  state.link.value = 'connecting';
  return {
    state: state satisfies ChatState,
    said: () => said,
    despair(online) {
      state.link.value = online ? 'reconnecting' : 'offline';
    },
    handOver(chat) {
      for (const ask of asked) ask(chat);
    },
    on(event, listener) {
      let off: (() => void) | undefined = () => {
        off = undefined;
      };
      asked.push((chat) => {
        if (off) off = chat.on(event, listener);
      });
      return () => off?.();
    },
    openPanel: (mode) => {
      asked.push((chat) => {
        chat.openPanel(mode);
      });
    },
    closePanel: () => {
      asked.push((chat) => {
        chat.closePanel();
      });
    },
    setVisible: (visible) => {
      asked.push((chat) => {
        chat.setVisible(visible);
      });
    },
    setDraft(text) {
      state.draft.value = text;
      memory.keepDraft(text);
    },
    say(text) {
      const body = sayable(text);
      if (!body) return;
      const waiting = readJson(store, name);
      const parcel: Parcel = { frame: { type: 'say', message_id: newId(), body }, body, at: now() };
      store.set(name, JSON.stringify([...(Array.isArray(waiting) ? waiting : []), parcel]));
      said.push(body);
      changed();
    },
  };
}

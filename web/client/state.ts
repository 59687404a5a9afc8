/** The state of a chat as it is before anything is known. */

import type { ChatState, EmailOffer, Item, Link, Phase, Reason } from './model';
import type { Memory } from './memory';
import { createSignals, type Signal } from './signal';

export type State = { [K in keyof ChatState]: Signal<ChatState[K]['value']> };

export function createState(memory: Memory, changed: () => void): State {
  const signal = createSignals(changed);
  const { look = null, unread = 0 } = memory.recall();
  return {
    items: signal<readonly Item[]>([]),
    link: signal<Link>('idle'),
    look: signal<ChatState['look']['value']>(look),
    conversation: signal<string | null>(null),
    operator: signal<ChatState['operator']['value']>(null),
    phase: signal<Phase>('none'),
    typing: signal(false),
    unread: signal(unread),
    emailOffer: signal<EmailOffer>('none'),
    atBeginning: signal(true),
    loadingEarlier: signal(false),
    failure: signal<Reason | null>(null),
    draft: signal(memory.draft()),
  };
}

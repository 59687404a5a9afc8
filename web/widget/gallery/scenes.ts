/** Every state that the panel can be in, as what a client would say. */

import type { ChatState, Item, ItemBase } from '../../client/model';

type Values = { -readonly [K in keyof ChatState]: ChatState[K]['value'] };
export type Scene = Partial<Values>;

const NOW = Date.now();
const BOT = { kind: 'bot', name: 'Ada' } as const;
const ME = { kind: 'contact' } as const;
const SYSTEM = { kind: 'system' } as const;

type Rest<T> = T extends ItemBase ? Omit<T, keyof ItemBase> : never;
type Words = { readonly by?: ItemBase['author']; readonly ago?: number } & Rest<Item>;

/** Numbers the items and lets them follow each other by some seconds. */
const items = (...all: Words[]): Item[] =>
  all.map(({ by = BOT, ago = (all.length - 1) * 20_000, ...rest }, index) => ({
    key: `c:${String(index + 1)}`,
    seq: index + 1,
    at: NOW - ago + index * 20_000,
    author: by,
    mine: by === ME,
    past: false,
    ...rest,
  })) as Item[];

const says = (body: string, format: 'plain' | 'markdown' = 'plain'): Words & { kind: 'message' } => ({
  kind: 'message',
  body,
  format,
  status: 'sent',
  reason: null,
});
const mine = (body: string, status: 'queued' | 'sending' | 'sent' | 'failed' = 'sent'): Words => ({
  ...says(body),
  by: ME,
  status,
  reason: status === 'failed' ? { code: 'text_too_long', detail: '' } : null,
});
const bubbles = (
  body: string,
  options: string[],
  chosen: number | null = null,
  pending: number | null = null,
): Words => ({
  kind: 'bubbles',
  body,
  options,
  chosen,
  pending,
  active: chosen === null && pending === null,
});

const picture = (name: string): string => `/widget/gallery/${name}.svg`;
const CARDS = [
  { headline: 'Oak side table', subheadline: '€149, in stock', media: picture('table') },
  { headline: 'Linen armchair', subheadline: '€390, two weeks', media: picture('chair') },
  { headline: 'Paper lamp', subheadline: 'Picture does not load', media: '/missing.png' },
  { headline: 'No picture at all', subheadline: null, media: null },
];

const talk = [
  says('Hello! I can look up an order or help you to pick something.'),
  bubbles('What is it about?', ['Where is my order?', 'Returns', 'I want to talk to a person'], 1),
  mine('Where is my order?'),
  says('Happy to check. What is your order number?'),
  mine('It is 4711, ordered last week'),
  says('One moment, I am looking.'),
  says(
    '**Order 4711** left our house yesterday.\n\n1. Packed on Monday\n2. Handed to *Parcel Co.* with `PX-20931`\n3. Expected: tomorrow by noon\n\n[Follow the parcel](https://example.com/parcel/PX-20931)',
    'markdown',
  ),
  bubbles('Can I do anything else for you?', ['Yes, please', 'No, thank you']),
];

const base: Scene = {
  link: 'online',
  phase: 'bot',
  operator: { name: 'Ada', kind: 'bot' },
  conversation: 'c',
};

export const scenes = {
  loading: { link: 'connecting', look: null },
  welcome: { link: 'online' },
  talk: { ...base, items: items(...talk) },
  start: {
    ...base,
    items: items(...talk.slice(0, 1), bubbles('What is it about?', ['Where is my order?', 'Returns'])),
  },
  typing: { ...base, items: items(...talk.slice(0, 5)), typing: true },
  pending: {
    ...base,
    items: items(
      ...talk.slice(0, 1),
      bubbles('What is it about?', ['Where is my order?', 'Returns'], null, 2),
      mine('Returns', 'sending'),
    ),
  },
  carousel: {
    ...base,
    items: items(mine('Show me something for the corner'), {
      kind: 'carousel',
      body: 'These fit a small room:',
      options: CARDS,
      chosen: null,
      pending: null,
      active: true,
    }),
  },
  chosenCard: {
    ...base,
    items: items(
      { kind: 'carousel', body: '', options: CARDS, chosen: 1, pending: null, active: false },
      mine('Oak side table'),
    ),
  },
  sending: {
    ...base,
    link: 'offline',
    items: items(says('Hello!'), mine('Kept until the network is back', 'queued'), mine('and this too', 'queued')),
  },
  failed: { ...base, items: items(says('Hello!'), mine('This one got there'), mine('This one did not', 'failed')) },
  reconnecting: { ...base, link: 'reconnecting', items: items(...talk.slice(0, 3)), draft: 'A draft that is kept' },
  waiting: {
    ...base,
    phase: 'waiting',
    operator: null,
    emailOffer: 'offered',
    items: items(mine('I want to talk to a person'), says('I am passing you on.'), {
      kind: 'queued',
      by: SYSTEM,
      reason: 'forwarded',
    }),
  },
  left: {
    ...base,
    phase: 'waiting',
    operator: null,
    emailOffer: 'left',
    items: items(
      mine('Hello?'),
      { kind: 'queued', by: SYSTEM, reason: 'nobody' },
      { kind: 'notice', by: SYSTEM, code: 'email_left', text: null },
    ),
  },
  lines: {
    ...base,
    items: items(
      { kind: 'joined' },
      says('Have a look at our returns page.'),
      { kind: 'navigate', url: 'https://shop.example/returns', text: '', outcome: 'followed' },
      {
        kind: 'navigate',
        url: 'https://elsewhere.example/a',
        text: 'This may help: https://elsewhere.example/a',
        outcome: 'fallback',
      },
      mine('Thanks'),
      { kind: 'notice', by: SYSTEM, code: 'patience', text: null },
      { kind: 'notice', by: SYSTEM, code: 'failed', text: null },
    ),
  },
  ended: {
    ...base,
    phase: 'ended',
    items: items(mine('Bye'), says('Good-bye!'), { kind: 'ended', reason: 'bot_ended' }),
  },
  refused: { link: 'refused', failure: { code: 'origin', detail: 'This page may not have it.' } },
  failure: { ...base, items: items(...talk.slice(0, 3)), failure: { code: 'already_settled', detail: '' } },
  long: {
    ...base,
    atBeginning: false,
    draft: 'x '.repeat(4900),
    items: items(
      { ...says('Yesterday’s question'), ago: 30 * 3_600_000 },
      { ...mine('An answer of yesterday'), ago: 30 * 3_600_000 },
      says('Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'.repeat(3)),
      mine(`https://example.com/${'a'.repeat(200)}`),
      says(
        '```\nfor (const entry of entries) console.log(entry.author, entry.body, entry.seq, entry.at);\n```\nA list:\n- one\n- two, with **strong** and `code`',
        'markdown',
      ),
      ...Array.from({ length: 24 }, (_, n) => (n % 3 ? says(`Line ${String(n)}`) : mine(`Question ${String(n)}`))),
    ),
  },
} satisfies Record<string, Scene>;

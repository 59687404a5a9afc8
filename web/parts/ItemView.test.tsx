import { Component, isValidElement, type ComponentChild, type ComponentChildren, type VNode } from 'preact';
import { describe, expect, it, vi } from 'vitest';
import type { BubblesItem, CarouselItem, ChatClient, Item } from '../client/model';
import type { Chat } from './chat';
import { ItemView } from './ItemView';
import { spoken } from './spoken';
import { en } from './texts_more';

type Props = Record<string, unknown> & { readonly children?: ComponentChildren };
type Element = { readonly tag: string; readonly props: Props };

/** Every element and every text that is drawn, without a browser. */
const drawn = (node: ComponentChild | ComponentChildren): { elements: Element[]; text: string } => {
  if (Array.isArray(node)) {
    const all = node.map(drawn);
    return { elements: all.flatMap(({ elements }) => elements), text: all.map(({ text }) => text).join('') };
  }
  if (!isValidElement(node)) return { elements: [], text: typeof node === 'string' ? node : '' };
  const { type, props } = node as VNode<Props>;
  if (typeof type === 'string') {
    const inner = drawn(props.children);
    return { ...inner, elements: [{ tag: type, props }, ...inner.elements] };
  }
  if (type.prototype instanceof Component) {
    const one = new (type as new (props: Props) => Component<Props>)(props);
    one.props = props;
    one.state ??= {};
    return drawn(one.render(props, one.state));
  }
  return drawn((type as (props: Props) => ComponentChildren)(props));
};

const click = vi.fn();
const chat: Chat = {
  client: { origin: 'https://desk.example', click } as unknown as ChatClient,
  texts: en,
  clock: new Intl.DateTimeFormat('en'),
  name: 'Oak & Linen',
  address: '',
  focus: () => undefined,
};

const base = { key: 'k', seq: 7, at: 0, author: { kind: 'bot', name: 'Ada' }, mine: false, past: false } as const;
const choice = { ...base, body: 'Which?', chosen: null, pending: null, active: true } as const;

const KINDS: Item[] = [
  { ...base, kind: 'message', body: 'Hello', format: 'plain', status: 'sent', reason: null },
  { ...choice, kind: 'bubbles', options: ['One', 'Two'] },
  { ...choice, kind: 'carousel', options: [{ headline: 'One', media: '/media/1' }] },
  { ...base, kind: 'navigate', url: 'https://a.example', text: 'Go to https://a.example', outcome: 'fallback' },
  { ...base, kind: 'navigate', url: 'https://a.example', text: '', outcome: 'followed' },
  { ...base, kind: 'joined' },
  { ...base, kind: 'queued', reason: 'nobody' },
  { ...base, kind: 'notice', code: 'patience', text: null },
  { ...base, kind: 'ended', reason: 'expired' },
];

const draw = (item: Item) =>
  drawn(<ItemView chat={chat} item={item} first last entering newest offer={item.kind === 'queued'} />);

const buttons = (item: Item): Props[] =>
  draw(item)
    .elements.filter(({ tag, props }) => tag === 'button' && String(props['class']).startsWith('option'))
    .map(({ props }) => props);

describe.each(KINDS)('an item of kind $kind', (item) => {
  it('is drawn in words', () => {
    expect(draw(item).text).not.toBe('');
  });

  it('is read out once it arrives', () => {
    expect(spoken(chat, item)).toBeTruthy();
  });
});

it('a journey that is being decided shows nothing', () => {
  expect(draw({ ...base, kind: 'navigate', url: 'https://a.example', text: 'x', outcome: 'pending' }).text).toBe('');
});

it('the contact is not told what they wrote', () => {
  expect(spoken(chat, { ...(KINDS[0] as Item), mine: true })).toBeNull();
});

it('Markdown is read out without its marks', () => {
  const item: Item = {
    ...base,
    kind: 'message',
    body: '**Bold**\n- `a`\n- b',
    format: 'markdown',
    status: 'sent',
    reason: null,
  };

  expect(spoken(chat, item)).toBe('Ada says: Bold a, b');
});

describe('a choice', () => {
  const bubbles: BubblesItem = { ...choice, kind: 'bubbles', options: ['One', 'Two'] };

  it('counts its options from one', () => {
    (buttons(bubbles)[1]?.['onClick'] as () => void)();

    expect(click).toHaveBeenCalledWith(7, 2);
  });

  it('rests without losing the focus, and says what was chosen', () => {
    click.mockClear();
    const rested: BubblesItem = { ...bubbles, chosen: 2, active: false };

    const [one, two] = buttons(rested);
    (one?.['onClick'] as () => void)();

    expect(click).not.toHaveBeenCalled();
    expect([one, two].map((props) => [props?.['aria-disabled'], props?.['disabled']])).toEqual([
      [true, undefined],
      [true, undefined],
    ]);
    expect(draw(rested).text).toContain('Two, chosen');
  });

  it.each(['https://evil.example/a.png', '@evil.example/a', '.evil.example', 'data:image/png,x'])(
    'a picture at %j, which is no path of the platform, is not fetched',
    (media) => {
      const carousel: CarouselItem = { ...choice, kind: 'carousel', options: [{ headline: 'One', media }] };

      expect(draw(carousel).elements.some(({ tag }) => tag === 'img')).toBe(false);
    },
  );

  it('a picture comes from the platform, and the headline beside it says what it is', () => {
    const image = draw(KINDS[2] as Item).elements.find(({ tag }) => tag === 'img');

    expect(image?.props).toMatchObject({ src: 'https://desk.example/media/1', alt: '', loading: 'lazy' });
  });
});

it('links leave in a new tab and take nothing along', () => {
  const links = draw(KINDS[3] as Item).elements.filter(({ tag }) => tag === 'a');

  expect(links.map(({ props }) => props)).toMatchObject([
    { href: 'https://a.example', target: '_blank', rel: 'noopener noreferrer nofollow' },
  ]);
});

it('a message that failed says why, and what can be done', () => {
  const { text } = draw({
    ...(KINDS[0] as Item & { kind: 'message' }),
    mine: true,
    status: 'failed',
    reason: { code: 'text_too_long', detail: 'Of no use.' },
  });

  expect(text).toContain('Not sent. The message is too long.');
  expect(text).toContain(en.retry);
  expect(text).toContain(en.discard);
});

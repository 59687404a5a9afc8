import { expect, test } from 'vitest';
import type { PlatformFrame } from '../protocol/frames';
import { breathe, createSite, entry, openTab, shown, welcome, welcomeWith, type Tab } from '../test/world';

const live = welcomeWith([entry.joined(1), entry.said(2, 'Hello')]);
const PAGE = 'https://shop.example/';

function twoTabs(): { site: ReturnType<typeof createSite>; one: Tab; two: Tab; both(frame: PlatformFrame): void } {
  const site = createSite();
  const one = openTab(site);
  const two = openTab(site);
  one.join(live);
  two.join(live);
  return {
    site,
    one,
    two,
    both(frame) {
      one.line().say(frame);
      two.line().say(frame);
    },
  };
}

const entries = (...list: ReturnType<typeof entry.said>[]): PlatformFrame => ({
  type: 'entries',
  conversation: 'c1',
  entries: list,
});

test('what is read in one tab is read in the other', () => {
  const { one, two, both } = twoTabs();
  both(entries(entry.said(3, 'Anybody?')));
  expect([one.chat.state.unread.value, two.chat.state.unread.value]).toEqual([2, 2]);

  one.chat.setVisible(true);

  expect([one.chat.state.unread.value, two.chat.state.unread.value]).toEqual([0, 0]);
});

test('one tab rings for a message, however many there are', () => {
  const { site, one, two } = twoTabs();

  one.line().say(entries(entry.said(3, 'Anybody?')));
  site.clock.pass(10_000);
  two.line().say(entries(entry.said(3, 'Anybody?')));

  expect([one.happened.ring?.length, two.happened.ring]).toEqual([1, undefined]);
  expect([one.happened.message?.length, two.happened.message?.length]).toEqual([1, 1]);
});

test('a message written in one tab is shown once in each', () => {
  const { one, two, both } = twoTabs();

  one.chat.say('Hi');
  const message_id = one.line().hears('say')[0]?.message_id ?? '';
  expect(shown(two).at(-1)).toMatch(/^Hi /);
  both({ type: 'ack', message_id, conversation: 'c1', seq: 3 });
  both(entries(entry.wrote(3, 'Hi', message_id)));

  expect(shown(one)).toEqual(['joined', 'Hello', 'Hi']);
  expect(shown(two)).toEqual(['joined', 'Hello', 'Hi']);
});

test('a message that is acknowledged in one tab is sent in the other, and not sent again', () => {
  const { site, one, two } = twoTabs();
  two.line().cut();
  one.chat.say('Hi');
  const message_id = one.line().hears('say')[0]?.message_id ?? '';

  one.line().say({ type: 'ack', message_id, conversation: 'c1', seq: 3 });
  expect(shown(two).at(-1)).toBe('Hi');
  site.clock.pass(500);
  two.join({ resumed: true, conversation: { id: 'c1', last_seq: 3 }, entries: [entry.wrote(3, 'Hi', message_id)] });

  expect(two.line().hears('say')).toEqual([]);
  expect(shown(two)).toEqual(['joined', 'Hello', 'Hi']);
});

test('a message taken out in one tab is gone in the other', () => {
  const { one, two } = twoTabs();
  one.line().cut();
  two.line().cut();
  one.chat.say('never mind');
  const key = one.chat.state.items.value.at(-1)?.key ?? '';

  one.chat.discard(key);

  expect(shown(two)).toEqual(['joined', 'Hello']);
});

test('two tabs that write at the same time lose nothing of the shared outbox', () => {
  const { site, one, two } = twoTabs();
  one.line().cut();
  two.line().cut();

  one.chat.say('from one');
  two.chat.say('from two');

  const stored = JSON.parse(site.stored.get('frontdesk:w:outbox') ?? '[]') as { body: string }[];
  expect(stored.map(({ body }) => body)).toEqual(['from one', 'from two']);
});

test('what the page writes into the channel is not believed', () => {
  const { site, one } = twoTabs();

  for (const note of [
    null,
    1,
    'seen',
    {},
    { note: 'seen' },
    { note: 'seen', conversation: 'c1', seq: '9' },
    { note: 7 },
  ]) {
    for (const hear of site.hearers) hear(note);
  }

  expect(one.chat.state.unread.value).toBe(1);
});

test('the newest token of any tab is used', () => {
  const { site, one, two } = twoTabs();
  one.line().say(welcomeFrame('token-2'));

  two.line().cut();
  site.clock.pass(500);
  two.line().accept();

  expect(two.line().hears('hello')[0]?.token).toBe('token-2');
});

function welcomeFrame(token: string): PlatformFrame {
  const widget = { name: 'Shop', language: 'en', accent: '#123456', side: 'right' } as const;
  return { type: 'welcome', token, epoch: 'epoch-1', widget, resumed: true, conversation: { id: 'c1', last_seq: 2 } };
}

test('only the tab whose claim is acknowledged goes to the page', async () => {
  const { one, two, both } = twoTabs();
  both(entries(entry.navigate(3, `${PAGE}offers`, 'See {{link}}')));
  const [first, second] = [one, two].map((tab) => tab.line().hears('settle_navigation')[0]);
  expect(first).toMatchObject({ conversation: 'c1', seq: 3, followed: true });

  one.line().say({ type: 'ack', message_id: first?.message_id ?? '', conversation: 'c1', seq: 4 });
  two.line().say({
    type: 'refused',
    message_id: second?.message_id ?? '',
    code: 'already_settled',
    detail: 'Somebody was first.',
  });
  await breathe();

  expect([one.wentTo, two.wentTo]).toEqual([[`${PAGE}offers`], []]);
  expect(two.chat.state.failure.value).toBeNull();
});

test('no tab moves before its claim is acknowledged', async () => {
  const { one, both } = twoTabs();

  both(entries(entry.navigate(3, `${PAGE}offers`)));
  await breathe();

  expect(one.wentTo).toEqual([]);
});

test('a link to another host is settled as not followed', async () => {
  const { one, both } = twoTabs();
  both(entries(entry.navigate(3, 'https://evil.example/', 'See {{link}}')));
  const claim = one.line().hears('settle_navigation')[0];

  expect(claim?.followed).toBe(false);
  one.line().say({ type: 'ack', message_id: claim?.message_id ?? '', conversation: 'c1', seq: 4 });
  one.line().say(entries(entry.navigated(4, 3, false)));
  await breathe();

  expect(one.wentTo).toEqual([]);
  expect(shown(one).at(-1)).toBe('navigate: fallback');
});

test('a link from the past is never followed; in the end its fallback stands', async () => {
  const site = createSite();
  const tab = openTab(site);
  const line = tab.join(welcomeWith([entry.joined(1), entry.navigate(2, `${PAGE}offers`)]));
  expect(line.hears('settle_navigation')).toEqual([]);

  site.clock.pass(3_000);
  line.say({ type: 'ack', message_id: line.hears('settle_navigation')[0]?.message_id ?? '' });
  await breathe();

  expect(line.hears('settle_navigation')).toMatchObject([{ seq: 2, followed: false }]);
  expect(tab.wentTo).toEqual([]);
});

test('a link from the past that another tab has followed is left alone', () => {
  const site = createSite();
  const tab = openTab(site);
  const line = tab.join(welcomeWith([entry.joined(1), entry.navigate(2, `${PAGE}offers`)]));

  line.say(entries(entry.navigated(3, 2, true)));
  site.clock.pass(3_000);

  expect(line.hears('settle_navigation')).toEqual([]);
  expect(shown(tab)).toEqual(['joined', 'navigate: followed']);
});

test('a link on a page that turned meanwhile is judged by the page that is there now', () => {
  const site = createSite();
  const tab = openTab(site);
  const line = tab.join(live);
  tab.chat.turnPage({ url: 'https://other.example/' });

  line.say(entries(entry.navigate(3, `${PAGE}offers`)));

  expect(line.hears('settle_navigation')[0]?.followed).toBe(false);
});

test('two tabs that meet the platform at the same instant are one contact', () => {
  const site = createSite();
  const [one, two] = [openTab(site), openTab(site)];
  one.chat.start();
  two.chat.start();

  one.line().accept();
  two.line().accept();

  expect(one.line().hears('hello')).toMatchObject([{ token: null }]);
  expect(two.line().hears('hello')).toEqual([]);
  one.line().say(welcome({ token: 'first' }));
  expect(two.line().hears('hello')).toMatchObject([{ token: 'first' }]);
});

test('a tab that is cut off before its welcome lets the next one say hello', () => {
  const site = createSite();
  const [one, two] = [openTab(site), openTab(site)];
  one.chat.start();
  two.chat.start();
  one.line().accept();
  two.line().accept();

  one.line().cut();

  expect(two.line().hears('hello')).toMatchObject([{ token: null }]);
});

test('a tab whose link broke while it waited for its turn says nothing', () => {
  const site = createSite();
  const [one, two] = [openTab(site), openTab(site)];
  one.chat.start();
  two.chat.start();
  one.line().accept();
  const waiting = two.line().accept();

  waiting.cut();
  one.line().say(welcome());

  expect(waiting.heard).toEqual([]);
  expect(site.turns.get('frontdesk:w:hello')).toEqual([]);
});

import { expect, test } from 'vitest';
import type { PlatformFrame } from '../protocol/frames';
import { breathe, createSite, entry, openTab, shown, welcomeWith, type Line, type Site } from '../test/world';

const live = welcomeWith([entry.joined(1), entry.said(2, 'Hello')]);
const entries = (...list: ReturnType<typeof entry.said>[]): PlatformFrame => ({
  type: 'entries',
  conversation: 'c1',
  entries: list,
});
const lastSaid = (line: Line): string => line.hears('say').at(-1)?.message_id ?? 'nothing';

/** Lets the first wait before a try pass. */
const reconnect = (site: Site): void => {
  site.clock.pass(500);
};

test('a welcome is all that is needed to draw', () => {
  const tab = openTab(createSite());

  tab.join(live);

  expect(shown(tab)).toEqual(['joined', 'Hello']);
  expect(tab.chat.state.operator.value).toEqual({ name: 'Ada', kind: 'bot' });
  expect(tab.chat.state.phase.value).toBe('bot');
  expect(tab.chat.state.look.value?.name).toBe('Shop');
  expect(tab.happened.ready).toEqual([{ conversation: 'c1' }]);
});

test('after a cut exactly the missing entries are added', () => {
  const site = createSite();
  const tab = openTab(site);
  tab.join(live).cut();
  reconnect(site);

  const rest = [entry.said(3, 'still'), entry.said(4, 'here')];
  tab.join({ resumed: true, conversation: { id: 'c1', last_seq: 4 }, entries: rest });

  expect(shown(tab)).toEqual(['joined', 'Hello', 'still', 'here']);
});

test('a resumed answer that does not follow what is here makes the client ask for everything', () => {
  const site = createSite();
  const tab = openTab(site);
  tab.join(live).cut();
  reconnect(site);

  const line = tab.join({ resumed: true, conversation: { id: 'c1', last_seq: 5 }, entries: [entry.said(5, 'late')] });

  expect(line.hears('hello').at(-1)).toMatchObject({ conversation: null, after: 0 });
});

test('an answer that is not resumed replaces what is shown', () => {
  const site = createSite();
  const tab = openTab(site);
  tab.join(live).cut();
  reconnect(site);

  tab.join(welcomeWith([entry.said(7, 'only this')], { conversation: { id: 'c1', last_seq: 7 } }));

  expect(shown(tab)).toEqual(['only this']);
  expect(tab.chat.state.atBeginning.value).toBe(false);
});

test('a hole before new entries makes the client say hello again, once', () => {
  const tab = openTab(createSite());
  const line = tab.join(live);

  line.say(entries(entry.said(4, 'after the hole')), entries(entry.said(5, 'more')));

  expect(line.hears('hello')).toHaveLength(2);
  expect(line.hears('hello')[1]).toMatchObject({ conversation: 'c1', after: 2 });
  expect(shown(tab)).toEqual(['joined', 'Hello']);
});

test('entries that come twice are shown once', () => {
  const tab = openTab(createSite());

  tab.join(live).say(entries(entry.said(3, 'once')), entries(entry.said(3, 'once')));

  expect(shown(tab)).toEqual(['joined', 'Hello', 'once']);
});

test('an option that does not exist cannot be clicked', () => {
  const tab = openTab(createSite());
  const line = tab.join(welcomeWith([entry.joined(1), entry.bubbles(2, 'red')]));

  tab.chat.click(2, 0);
  tab.chat.click(2, 2);
  tab.chat.click(1, 1);

  expect(line.hears('click')).toEqual([]);
});

test('a new conversation goes on below the one that ended', () => {
  const tab = openTab(createSite());
  const line = tab.join(welcomeWith([entry.joined(1), entry.bubbles(2, 'red'), entry.ended(3)]));

  line.say({ type: 'entries', conversation: 'c2', entries: [entry.joined(1), entry.said(2, 'Again')] });

  expect(shown(tab)).toEqual(['joined', 'bubbles', 'ended', 'joined', 'Again']);
  expect(tab.chat.state.conversation.value).toBe('c2');
  expect(tab.chat.state.phase.value).toBe('bot');
  expect(new Set(tab.chat.state.items.value.map(({ key }) => key)).size).toBe(5);
});

test('typing lasts as long as it says, or until the next message', () => {
  const site = createSite();
  const tab = openTab(site);
  const line = tab.join(live);

  line.say({ type: 'typing', conversation: 'c1', seconds: 4 });
  site.clock.pass(3_999);
  expect(tab.chat.state.typing.value).toBe(true);
  site.clock.pass(1);
  expect(tab.chat.state.typing.value).toBe(false);
  line.say({ type: 'typing', conversation: 'c1', seconds: 4 }, entries(entry.said(3, 'here')));

  expect(tab.chat.state.typing.value).toBe(false);
});

test('what was not on screen is unread, until it is', () => {
  const site = createSite();
  const tab = openTab(site);
  const line = tab.join(welcomeWith([entry.joined(1), entry.said(2, 'Hello')], {}));
  line.say(entries(entry.said(3, 'Anybody?')));
  expect(tab.chat.state.unread.value).toBe(2);

  tab.chat.setVisible(true);
  site.clock.pass(1_000);

  expect(tab.chat.state.unread.value).toBe(0);
  expect(line.hears('seen')).toEqual([{ type: 'seen', conversation: 'c1', seq: 3 }]);
});

test('a burst of entries on screen is told as seen once', () => {
  const site = createSite();
  const tab = openTab(site);
  const line = tab.join(live);
  tab.chat.setVisible(true);

  for (let seq = 3; seq < 20; seq += 1) line.say(entries(entry.said(seq, 'line')));
  site.clock.pass(1_000);

  expect(line.hears('seen').map(({ seq }) => seq)).toEqual([19]);
});

test('an e-mail address is offered while nobody is in charge, and thanked for', async () => {
  const tab = openTab(createSite());
  const line = tab.join(welcomeWith([entry.joined(1), entry.queued(2)]));
  expect(tab.chat.state.emailOffer.value).toBe('offered');

  const left = tab.chat.leaveEmail('mia@example.org');
  const message_id = line.hears('leave_email')[0]?.message_id ?? '';
  line.say({ type: 'ack', message_id });

  expect(await left).toEqual({ ok: true });
  expect(tab.chat.state.emailOffer.value).toBe('left');
});

test('a refused e-mail address says why', async () => {
  const tab = openTab(createSite());
  const line = tab.join(welcomeWith([entry.joined(1), entry.queued(2)]));

  const left = tab.chat.leaveEmail('mia');
  const message_id = line.hears('leave_email')[0]?.message_id ?? '';
  line.say({ type: 'refused', message_id, code: 'field_invalid', detail: 'No address.' });

  expect(await left).toEqual({ ok: false, detail: 'No address.' });
});

test('an e-mail address left while offline is sent with the next welcome', async () => {
  const site = createSite();
  const tab = openTab(site);
  tab.join(welcomeWith([entry.joined(1), entry.queued(2)])).cut();
  const left = tab.chat.leaveEmail('mia@example.org');

  reconnect(site);
  const line = tab.join({ resumed: true, conversation: { id: 'c1', last_seq: 2 } });
  line.say({ type: 'ack', message_id: line.hears('leave_email')[0]?.message_id ?? '' });

  expect(await left).toEqual({ ok: true });
});

test('opening says so once, also before the platform is there', () => {
  const tab = openTab(createSite());
  tab.chat.start();

  tab.chat.openPanel('normal');
  tab.chat.openPanel('normal');
  const line = tab.join();

  expect(line.hears('open')).toMatchObject([{ mode: 'normal' }]);
});

test('a panel that was open on the page before begins nothing where a conversation is', () => {
  const tab = openTab(createSite());
  tab.chat.openPanel('restored');

  expect(tab.join(welcomeWith([entry.joined(1), entry.ended(2)])).hears('open')).toEqual([]);
  expect(openTabOnNothing().hears('open')).toHaveLength(1);
});

function openTabOnNothing(): Line {
  const tab = openTab(createSite());
  tab.chat.openPanel('restored');
  return tab.join();
}

test('earlier entries are asked for and put before', () => {
  const tab = openTab(createSite());
  const line = tab.join(welcomeWith([entry.said(3, 'c')]));

  tab.chat.loadEarlier();
  tab.chat.loadEarlier();
  expect(line.hears('earlier')).toEqual([{ type: 'earlier', conversation: 'c1', before: 3 }]);
  line.say({ type: 'history', conversation: 'c1', before: 3, entries: [entry.joined(1), entry.said(2, 'b')] });

  expect(shown(tab)).toEqual(['joined', 'b', 'c']);
  expect(tab.chat.state.atBeginning.value).toBe(true);
  expect(tab.chat.state.loadingEarlier.value).toBe(false);
});

test('another page without a reload is told', () => {
  const tab = openTab(createSite());
  const line = tab.join(live);

  tab.chat.turnPage({ url: 'https://shop.example/cart' });
  tab.chat.turnPage({ url: 'https://shop.example/cart' });

  expect(line.hears('page')).toEqual([{ type: 'page', page: { url: 'https://shop.example/cart' } }]);
});

test('a proactive widget asks to be opened when its time has come, once a day', () => {
  const site = createSite();
  const look = { name: 'S', language: 'en', accent: '#000', side: 'left', approach_mode: 'proactive' } as const;
  const tab = openTab(site);
  tab.join({ widget: { ...look, proactive_after_s: 3 } });

  site.clock.pass(2_999);
  expect(tab.happened.approach).toBeUndefined();
  site.clock.pass(1);
  expect(tab.happened.approach).toHaveLength(1);
  const next = openTab(site);
  next.join({ widget: { ...look, proactive_after_s: 3 } });
  site.clock.pass(10_000);

  expect(next.happened.approach).toBeUndefined();
});

test('everything works where the browser keeps nothing', () => {
  const site = createSite();
  const tab = openTab(site, { storage: 'denied' });
  const line = tab.join(live);

  tab.chat.say('Hi');
  line.say({ type: 'ack', message_id: lastSaid(line), conversation: 'c1', seq: 3 });

  expect(shown(tab).at(-1)).toBe('Hi');
  expect(site.stored.size).toBe(0);
});

test('what is stored and cannot be read is as if it were not there', () => {
  const site = createSite();
  site.stored.set('frontdesk:w', '{broken');
  site.stored.set('frontdesk:w:outbox', '[1, null, {"frame": {}}, "x"]');

  const tab = openTab(site);
  tab.join(live);

  expect(shown(tab)).toEqual(['joined', 'Hello']);
});

test('the loader can tell from what is stored that a conversation is live, and what is unread', () => {
  const site = createSite();
  openTab(site).join(live);

  expect(JSON.parse(site.stored.get('frontdesk:w') ?? '')).toMatchObject({ token: 'token-1', live: true, unread: 1 });
});

test('a change of the state is told once for everything that changed in one go', async () => {
  const tab = openTab(createSite());
  let changes = 0;
  tab.chat.on('change', () => {
    changes += 1;
  });

  tab.join(live);
  await breathe();

  expect(changes).toBe(1);
});

test('a listener that fails does not keep the others from hearing', () => {
  const tab = openTab(createSite());
  const heard: number[] = [];
  tab.chat.on('unread', () => {
    throw new Error('a fault of the page');
  });
  const off = tab.chat.on('unread', ({ count }) => heard.push(count));

  tab.join(live).say(entries(entry.said(3, 'x')));
  off();
  tab.line().say(entries(entry.said(4, 'y')));

  expect(heard).toEqual([1, 2]);
  expect(tab.reported.map(String)).toContain('Error: a fault of the page');
});

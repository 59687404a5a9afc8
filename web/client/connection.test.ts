import { expect, test } from 'vitest';
import { createSite, entry, openTab, welcome, welcomeWith } from '../test/world';
import { delayBefore, waitIn } from './connection';

test('the first frame is hello, with the page and nothing else to go on from', () => {
  const tab = openTab(createSite());

  tab.chat.start();
  tab.line().accept();

  expect(tab.line().heard).toEqual([
    {
      type: 'hello',
      token: null,
      page: { url: 'https://shop.example/' },
      locale: 'en',
      conversation: null,
      after: 0,
      epoch: null,
    },
  ]);
});

test('the link is connecting, then online, then reconnecting', () => {
  const tab = openTab(createSite());

  tab.join();
  tab.line().cut();

  expect(tab.happened.state?.map(({ link }) => link)).toEqual(['connecting', 'online', 'reconnecting']);
});

test('hello after a cut names the log that the newest welcome was of', () => {
  const site = createSite();
  const tab = openTab(site);
  tab.join(welcomeWith([entry.joined(1)], { epoch: 'epoch-1' }));
  tab.line().cut();
  site.clock.pass(500);
  tab
    .line()
    .accept()
    .say(welcome(welcomeWith([entry.joined(1)], { epoch: 'epoch-2' })));

  tab.line().cut();
  site.clock.pass(1_000);
  tab.line().accept();

  expect(tab.line().heard[0]).toMatchObject({ conversation: 'c1', after: 1, epoch: 'epoch-2' });
});

test('hello after a cut names the newest entry that is here', () => {
  const site = createSite();
  const tab = openTab(site);
  tab.join(welcomeWith([entry.joined(1), entry.said(2, 'Hello')]));

  tab.line().cut();
  site.clock.pass(500);
  tab.line().accept();

  expect(tab.line().heard[0]).toMatchObject({ type: 'hello', token: 'token-1', conversation: 'c1', after: 2 });
});

test('a ping goes out within the first 10 to 20 seconds, then every 20', () => {
  const site = createSite();
  const tab = openTab(site, { random: () => 0.5 });
  const line = tab.join();

  site.clock.pass(14_999);
  expect(line.hears('ping')).toHaveLength(0);
  site.clock.pass(1);
  line.say({ type: 'pong' });
  site.clock.pass(20_000);

  expect(line.hears('ping')).toHaveLength(2);
});

test('a ping without an answer ends the link within 30 seconds of the last frame', () => {
  const site = createSite();
  const tab = openTab(site, { random: () => 0.999 });
  tab.join();

  site.clock.pass(30_000);

  expect(tab.lines[0]?.open).toBe(false);
  expect(tab.chat.state.link.value).toBe('reconnecting');
});

test('a platform that still talks but does not hear us is noticed as well', () => {
  const site = createSite();
  const tab = openTab(site);
  const line = tab.join();

  for (let second = 0; second < 25; second += 1) {
    site.clock.pass(1_000);
    if (line.open) line.say({ type: 'typing', conversation: 'c1', seconds: 1 });
  }

  expect(line.open).toBe(false);
});

test('a command without an answer ends the link after 5 seconds', () => {
  const site = createSite();
  const tab = openTab(site);
  const line = tab.join();

  tab.chat.say('Hello?');
  site.clock.pass(4_999);
  expect(line.open).toBe(true);
  site.clock.pass(1);

  expect(line.open).toBe(false);
});

test('a socket that never opens is given up after 10 seconds', () => {
  const site = createSite();
  const tab = openTab(site);

  tab.chat.start();
  site.clock.pass(10_000);

  expect(tab.line().open).toBe(false);
});

test('the wait before a try is anything up to half a second, doubling, and never more than 30 seconds', () => {
  const longest = [0, 1, 2, 3, 4, 5, 6, 7, 100].map((attempt) => delayBefore(attempt, 1));

  expect(longest).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  expect(delayBefore(5, 0)).toBe(0);
});

test('accepting and dropping at once makes the waits grow', () => {
  const site = createSite();
  const tab = openTab(site, { random: () => 1 });
  tab.join();
  const waits: number[] = [];

  for (let round = 0; round < 5; round += 1) {
    tab.line().cut();
    const before = site.clock.now();
    const sockets = tab.lines.length;
    while (tab.lines.length === sockets) site.clock.pass(100);
    waits.push(site.clock.now() - before);
    tab.line().accept().say(welcome());
  }

  expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000]);
});

test('after 5 quiet seconds the waits begin anew', () => {
  const site = createSite();
  const tab = openTab(site, { random: () => 1 });
  tab.join().cut();
  site.clock.pass(500);
  tab.line().accept().say(welcome()).cut();
  site.clock.pass(1_000);
  tab.line().accept().say(welcome());

  site.clock.pass(5_000);
  tab.line().cut();
  site.clock.pass(500);

  expect(tab.lines).toHaveLength(4);
});

test('coming back to the page connects at once', () => {
  const tab = openTab(createSite(), { random: () => 1 });
  tab.join().cut();

  tab.chat.wake();

  expect(tab.lines).toHaveLength(2);
});

test('coming back to the page finds a dead link within 5 seconds', () => {
  const site = createSite();
  const tab = openTab(site);
  const line = tab.join();

  tab.chat.wake();
  expect(line.hears('ping')).toHaveLength(1);
  site.clock.pass(5_000);

  expect(line.open).toBe(false);
});

test('without a network the link is offline, and it is still tried', () => {
  const site = createSite();
  const tab = openTab(site);
  const line = tab.join();

  tab.network.online = false;
  line.cut();
  expect(tab.chat.state.link.value).toBe('offline');
  site.clock.pass(500);

  expect(tab.lines).toHaveLength(2);
});

test('the platform can ask for a longer wait when it closes', () => {
  const site = createSite();
  const tab = openTab(site);
  tab.join().cut(1012, 'retry_after_ms=7000');

  site.clock.pass(6_999);
  expect(tab.lines).toHaveLength(1);
  site.clock.pass(1);

  expect(tab.lines).toHaveLength(2);
  expect(waitIn('{"retry_after_ms": 250}')).toBe(250);
  expect(waitIn('restart')).toBe(0);
});

test('after a flood the next try waits for 10 seconds', () => {
  const site = createSite();
  const tab = openTab(site);
  tab.join().cut(4003);

  site.clock.pass(9_999);
  expect(tab.lines).toHaveLength(1);
  site.clock.pass(1);

  expect(tab.lines).toHaveLength(2);
});

test('a forgotten contact comes back as a new one', () => {
  const site = createSite();
  const tab = openTab(site);
  tab.join(welcomeWith([entry.joined(1)])).cut(4010);

  site.clock.pass(500);
  tab.line().accept();

  expect(tab.line().heard[0]).toMatchObject({ type: 'hello', token: null, conversation: null });
  expect(tab.chat.state.items.value).toEqual([]);
});

test('a platform that refuses the page is not asked again', () => {
  const site = createSite();
  const tab = openTab(site);
  tab.chat.start();
  tab.line().accept().say({ type: 'refused', code: 'unknown_widget', detail: 'No widget has this key.' });

  site.clock.pass(120_000);

  expect(tab.lines).toHaveLength(1);
  expect(tab.chat.state.link.value).toBe('refused');
  expect(tab.chat.state.failure.value?.detail).toBe('No widget has this key.');
});

test('nothing is left running after stop', () => {
  const site = createSite();
  const tab = openTab(site);
  tab.join(welcomeWith([entry.joined(1)]));
  tab.chat.setVisible(true);
  tab.chat.say('Hello');

  tab.close();

  expect(tab.lines[0]?.open).toBe(false);
  expect(site.clock.waiting()).toBe(0);
});

test('what cannot be read is skipped', () => {
  const tab = openTab(createSite());
  const line = tab.join();

  for (const text of ['', 'no JSON', '[]', 'null', '{"type":"news"}', '{"type":"entries"}', '{"type":"toString"}']) {
    line.utter(text);
  }

  expect(tab.chat.state.link.value).toBe('online');
});

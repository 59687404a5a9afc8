import { expect, test } from 'vitest';
import type { PlatformFrame } from '../protocol/frames';
import { createSite, entry, openTab, shown, welcomeWith, type Line, type Site } from '../test/world';

const A_DAY = 24 * 3_600_000;
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

test('a message is shown at once, and is sent only when the platform says so', () => {
  const tab = openTab(createSite());
  const line = tab.join(live);

  tab.chat.say('  Hi there ');
  expect(shown(tab).at(-1)).toBe('Hi there (sending)');
  const message_id = lastSaid(line);
  line.say({ type: 'ack', message_id, conversation: 'c1', seq: 3 });
  expect(shown(tab).at(-1)).toBe('Hi there');
  line.say(entries(entry.wrote(3, 'Hi there', message_id)));

  expect(shown(tab)).toEqual(['joined', 'Hello', 'Hi there']);
});

test('a message keeps its key when it becomes an entry', () => {
  const tab = openTab(createSite());
  const line = tab.join(live);
  tab.chat.say('Hi');
  const before = tab.chat.state.items.value.at(-1)?.key;

  line.say(entries(entry.wrote(3, 'Hi', lastSaid(line))));

  expect(tab.chat.state.items.value.at(-1)).toMatchObject({ key: before, seq: 3 });
});

test('an entry that comes before its acknowledgement shows the message once', () => {
  const tab = openTab(createSite());
  const line = tab.join(live);
  tab.chat.say('Hi');
  const message_id = lastSaid(line);

  line.say(entries(entry.wrote(3, 'Hi', message_id)), { type: 'ack', message_id, conversation: 'c1', seq: 3 });

  expect(shown(tab)).toEqual(['joined', 'Hello', 'Hi']);
});

test('blank text is nothing, and half a character is replaced', () => {
  const tab = openTab(createSite());
  const line = tab.join(live);

  tab.chat.say(' \n ');
  tab.chat.say('broken \ud83d');

  expect(line.hears('say').map(({ body }) => body)).toEqual(['broken \ufffd']);
});

test('messages written while offline wait, and go in order, one after the other', () => {
  const site = createSite();
  const tab = openTab(site);
  tab.join(live).cut();
  tab.chat.say('one');
  tab.chat.say('two');
  expect(shown(tab).slice(2)).toEqual(['one (queued)', 'two (queued)']);

  reconnect(site);
  const line = tab.join({ resumed: true, conversation: { id: 'c1', last_seq: 2 } });
  expect(line.hears('say').map(({ body }) => body)).toEqual(['one']);
  line.say({ type: 'ack', message_id: lastSaid(line), conversation: 'c1', seq: 3 });

  expect(line.hears('say').map(({ body }) => body)).toEqual(['one', 'two']);
});

test('a message whose answer was lost goes again with the same id', () => {
  const site = createSite();
  const tab = openTab(site);
  const first = tab.join(live);
  tab.chat.say('Hi');
  first.cut();
  expect(shown(tab).at(-1)).toBe('Hi (queued)');

  reconnect(site);
  const second = tab.join({ resumed: true, conversation: { id: 'c1', last_seq: 2 } });

  expect(second.hears('say')).toEqual(first.hears('say'));
});

test('a message that arrived before the cut is not sent again', () => {
  const site = createSite();
  const tab = openTab(site);
  const first = tab.join(live);
  tab.chat.say('Hi');
  first.cut();

  reconnect(site);
  const arrived = [entry.wrote(3, 'Hi', lastSaid(first))];
  const second = tab.join({ resumed: true, conversation: { id: 'c1', last_seq: 3 }, entries: arrived });

  expect(second.hears('say')).toEqual([]);
  expect(shown(tab)).toEqual(['joined', 'Hello', 'Hi']);
});

test('what waits survives a reload, and so does the draft', () => {
  const site = createSite();
  const before = openTab(site);
  before.chat.say('written offline');
  before.chat.setDraft('half a sent');
  before.close();

  const after = openTab(site);
  after.chat.start();
  expect(shown(after)).toEqual(['written offline (queued)']);
  const line = after.join(live);

  expect(after.chat.state.draft.value).toBe('half a sent');
  expect(line.hears('say').map(({ body }) => body)).toEqual(['written offline']);
});

test('an acknowledged message is not sent after a reload', () => {
  const site = createSite();
  const before = openTab(site);
  const line = before.join(live);
  before.chat.say('Hi');
  line.say({ type: 'ack', message_id: lastSaid(line), conversation: 'c1', seq: 3 });
  before.close();

  expect(openTab(site).join(live).hears('say')).toEqual([]);
});

test('what waited for more than a day becomes a draft and is not sent', () => {
  const site = createSite();
  const before = openTab(site);
  before.chat.say('too old');
  before.chat.setDraft('newer');
  before.close();

  site.clock.pass(A_DAY + 1);
  const after = openTab(site);

  expect(after.join(live).hears('say')).toEqual([]);
  expect(after.chat.state.draft.value).toBe('too old\nnewer');
  expect(shown(after)).toEqual(['joined', 'Hello']);
});

test('a refused message is failed, with the reason, and is sent again by hand', () => {
  const tab = openTab(createSite());
  const line = tab.join(live);
  tab.chat.say('Hi');
  const message_id = lastSaid(line);

  line.say({ type: 'refused', message_id, code: 'text_too_long', detail: 'Too long.' });
  expect(tab.chat.state.items.value.at(-1)).toMatchObject({ status: 'failed', reason: { detail: 'Too long.' } });
  tab.chat.retry(message_id);

  expect(line.hears('say').map((frame) => frame.message_id)).toEqual([message_id, message_id]);
});

test('a failed message does not hold up the next, and can be taken out', () => {
  const tab = openTab(createSite());
  const line = tab.join(live);
  tab.chat.say('bad');
  const bad = lastSaid(line);
  tab.chat.say('good');
  line.say({ type: 'refused', message_id: bad, code: 'malformed', detail: 'No.' });
  expect(line.hears('say').at(-1)?.body).toBe('good');

  tab.chat.discard(bad);

  expect(shown(tab).slice(2)).toEqual(['good (sending)']);
});

test('a message that came too fast waits as long as the platform says', () => {
  const site = createSite();
  const tab = openTab(site);
  const line = tab.join(live);
  tab.chat.say('Hi');
  const message_id = lastSaid(line);

  line.say({ type: 'refused', message_id, code: 'rate_limited', detail: 'Slow.', retry_after_ms: 3_000 });
  expect(shown(tab).at(-1)).toBe('Hi (queued)');
  site.clock.pass(2_999);
  expect(line.hears('say')).toHaveLength(1);
  site.clock.pass(1);

  expect(line.hears('say')).toHaveLength(2);
});

test('an acknowledged entry that does not come is asked for', () => {
  const site = createSite();
  const tab = openTab(site);
  const line = tab.join(live);
  tab.chat.say('Hi');

  line.say({ type: 'ack', message_id: lastSaid(line), conversation: 'c1', seq: 3 });
  site.clock.pass(5_000);

  expect(line.hears('hello')).toHaveLength(2);
});

test('a click rests the buttons at once, and its headline is said by the contact', () => {
  const tab = openTab(createSite());
  const line = tab.join(welcomeWith([entry.joined(1), entry.bubbles(2, 'red', 'blue')]));

  tab.chat.click(2, 2);
  tab.chat.click(2, 1);

  expect(line.hears('click')).toMatchObject([{ conversation: 'c1', seq: 2, option: 2 }]);
  expect(tab.chat.state.items.value[1]).toMatchObject({ pending: 2, active: false });
  expect(shown(tab).at(-1)).toBe('blue (sending)');
});

test('a refused click gives the buttons back and says why', () => {
  const tab = openTab(createSite());
  const line = tab.join(welcomeWith([entry.joined(1), entry.bubbles(2, 'red')]));
  tab.chat.click(2, 1);
  const message_id = line.hears('click')[0]?.message_id ?? '';

  line.say({ type: 'refused', message_id, code: 'conversation_over', detail: 'It is over.' });

  expect(tab.chat.state.items.value[1]).toMatchObject({ pending: null, active: true });
  expect(tab.chat.state.failure.value?.detail).toBe('It is over.');
});

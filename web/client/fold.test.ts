import { expect, test } from 'vitest';
import { entry } from '../test/world';
import { append, begin, fold, keep, lastSeq, prepend, type Log } from './fold';
import type { Item } from './model';
import type { WidgetEntry } from '../protocol/frames';

const log = (...entries: WidgetEntry[]): Log => {
  const made = begin('c1', entries);
  if (!made) throw new Error('the entries have a hole');
  return made;
};
const NOTHING = new Map<number, number>();
const folded = (...entries: WidgetEntry[]) => fold(log(...entries), false, NOTHING);
const find = <K extends Item['kind']>(items: readonly Item[], kind: K): Extract<Item, { kind: K }> => {
  const found = items.find((item): item is Extract<Item, { kind: K }> => item.kind === kind);
  if (!found) throw new Error(`there is no ${kind}`);
  return found;
};

test('entries that are already there are ignored', () => {
  const before = log(entry.joined(1), entry.said(2, 'Hello'));

  expect(append(before, [entry.said(1, 'late'), entry.said(2, 'twice')])).toBe(before);
});

test('entries that follow are added once each', () => {
  const after = append(log(entry.joined(1)), [
    entry.joined(1),
    entry.said(2, 'a'),
    entry.said(2, 'a'),
    entry.said(3, 'b'),
  ]);

  expect(after?.entries.map(({ seq }) => seq)).toEqual([1, 2, 3]);
});

test('a missing number is a hole, before the first entry or between two', () => {
  expect(append(log(entry.joined(1)), [entry.said(3, 'b')])).toBeNull();
  expect(append(log(entry.joined(1)), [entry.said(2, 'a'), entry.said(4, 'c')])).toBeNull();
  expect(begin('c1', [entry.joined(1), entry.said(3, 'b')])).toBeNull();
});

test('older entries come before, and fewer than a hundred are the beginning', () => {
  const newest = log(entry.said(5, 'e'));

  const longer = prepend(newest, [entry.said(3, 'c'), entry.said(4, 'd')]);

  expect(newest.complete).toBe(false);
  expect(longer.entries.map(({ seq }) => seq)).toEqual([3, 4, 5]);
  expect(longer.complete).toBe(true);
});

test('older entries that do not reach up to the first one are ignored', () => {
  const newest = log(entry.said(5, 'e'));

  expect(prepend(newest, [entry.said(2, 'b'), entry.said(3, 'c')])).toBe(newest);
});

test('who joins is in charge, and nobody is after a hand-over', () => {
  const { phase, operator } = folded(entry.joined(1), entry.said(2, 'Hello'));
  const after = folded(entry.joined(1), entry.queued(2));

  expect([phase, operator]).toEqual(['bot', { name: 'Ada', kind: 'bot' }]);
  expect([after.phase, after.operator]).toEqual(['waiting', null]);
});

test('whoever speaks is in charge where the log was cut before the entry that says so', () => {
  expect(folded(entry.said(7, 'Hello')).operator).toEqual({ name: 'Ada', kind: 'bot' });
});

test('buttons count until one is chosen, and then rest with the choice shown', () => {
  const open = find(folded(entry.joined(1), entry.bubbles(2, 'red', 'blue')).items, 'bubbles');
  const { items } = folded(entry.joined(1), entry.bubbles(2, 'red', 'blue'), entry.click(3, 2, 2));

  expect([open.active, open.chosen]).toEqual([true, null]);
  expect([find(items, 'bubbles').active, find(items, 'bubbles').chosen]).toEqual([false, 2]);
  expect(items.at(-1)).toMatchObject({ kind: 'message', body: 'option 2', mine: true });
});

test.each([
  ['the conversation is handed over', [entry.queued(3)]],
  ['the conversation ends', [entry.ended(3)]],
  ['somebody else joins', [entry.joined(3)]],
])('buttons rest when %s', (_, more) => {
  const { items } = folded(entry.joined(1), entry.bubbles(2, 'red'), ...more);

  expect(find(items, 'bubbles').active).toBe(false);
});

test('buttons rest while a click is on its way', () => {
  const { items } = fold(log(entry.joined(1), entry.bubbles(2, 'red', 'blue')), false, new Map([[2, 1]]));

  expect(find(items, 'bubbles')).toMatchObject({ active: false, pending: 1, chosen: null });
});

test('buttons of a past conversation rest', () => {
  const { items } = fold(log(entry.joined(1), entry.bubbles(2, 'red')), true, NOTHING);

  expect(find(items, 'bubbles')).toMatchObject({ active: false, past: true });
});

test('a journey is pending until it is settled', () => {
  const journey = entry.navigate(2, 'https://a.example/', 'See {{link}}');

  expect(find(folded(entry.joined(1), journey).items, 'navigate').outcome).toBe('pending');
  expect(find(folded(entry.joined(1), journey, entry.navigated(3, 2, true)).items, 'navigate').outcome).toBe(
    'followed',
  );
  expect(find(folded(entry.joined(1), journey, entry.navigated(3, 2, false)).items, 'navigate')).toMatchObject({
    outcome: 'fallback',
    text: 'See https://a.example/',
  });
});

test('hidden entries keep the numbers and show nothing', () => {
  const hidden: WidgetEntry = { kind: 'hidden', seq: 2, at: 0, author: { kind: 'system' } };
  const whole = log(entry.joined(1), hidden, entry.said(3, 'Hello'));

  expect(lastSeq(whole)).toBe(3);
  expect(fold(whole, false, NOTHING).items.map(({ kind }) => kind)).toEqual(['joined', 'message']);
});

test('an item of the same entries stays the same object', () => {
  const entries = log(entry.joined(1), entry.bubbles(2, 'red'), entry.said(3, 'Hello'));
  const before = fold(entries, false, NOTHING).items;

  const after = keep(before, fold({ ...entries }, false, new Map([[2, 1]])).items);

  expect(after[0]).toBe(before[0]);
  expect(after[1]).not.toBe(before[1]);
  expect(after[2]).toBe(before[2]);
});

test('a thousand entries are folded in far less than a second', () => {
  const many = log(...Array.from({ length: 1000 }, (_, index) => entry.said(index + 1, `line ${String(index)}`)));

  const started = performance.now();
  keep(fold(many, false, NOTHING).items, fold(many, false, NOTHING).items);

  expect(performance.now() - started).toBeLessThan(500);
});

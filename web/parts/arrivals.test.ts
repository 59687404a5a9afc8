import { expect, it } from 'vitest';
import type { Item, NavigateItem } from '../client/model';
import { createArrivals } from './arrivals';

const item = (key: string, more: Partial<NavigateItem> = {}): Item =>
  ({ key, kind: 'message', body: key, ...more }) as unknown as Item;
const keys = (items: readonly Item[]): string[] => items.map(({ key }) => key);

it('what was there before the first welcome has not arrived', () => {
  const arrivals = createArrivals();

  expect(arrivals.take([item('a')])).toEqual([]);
});

it('each item arrives once', () => {
  const arrivals = createArrivals();
  arrivals.take([item('a')]);
  arrivals.begin();

  expect(keys(arrivals.take([item('a'), item('b')]))).toEqual(['b']);
  expect(arrivals.take([item('a'), item('b')])).toEqual([]);
});

it('history that was asked for has not arrived', () => {
  const arrivals = createArrivals();
  arrivals.take([item('c')]);
  arrivals.begin();

  expect(keys(arrivals.take([item('a'), item('b'), item('c'), item('d')]))).toEqual(['d']);
});

it('a journey arrives when it is decided', () => {
  const arrivals = createArrivals();
  arrivals.begin();

  expect(arrivals.take([item('n', { kind: 'navigate', outcome: 'pending' })])).toEqual([]);
  expect(keys(arrivals.take([item('n', { kind: 'navigate', outcome: 'fallback' })]))).toEqual(['n']);
});

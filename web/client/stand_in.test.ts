import { expect, it } from 'vitest';
import type { ChatClient } from './model';
import { createOutbox } from './outbox';
import { createStandIn, sayable } from './stand_in';
import type { Store } from './surroundings';
import { createClock } from '../test/world';

const KEY = 'w';

const createKept = (): Store & { readonly kept: Map<string, string> } => {
  const kept = new Map<string, string>();
  return {
    kept,
    get: (name) => kept.get(name) ?? null,
    set(name, value) {
      if (value === null) kept.delete(name);
      else kept.set(name, value);
    },
  };
};

const standIn = (store: Store, changed = (): void => undefined) => createStandIn(KEY, store, () => 7, changed);

it('what was said before the chat is there waits in its outbox, in order', () => {
  const store = createKept();
  const front = standIn(store);

  front.say(' one ');
  front.say('two');
  front.say('  ');

  const sent: string[] = [];
  const box = createOutbox(createClock(), store, KEY, {
    send: (frame) => sent.push(frame.type === 'say' ? frame.body : '') > 0,
    changed: () => undefined,
    tooOld: () => undefined,
    clickRefused: () => undefined,
    tell: () => undefined,
  });
  expect(front.said()).toEqual(['one', 'two']);
  expect(box.list().map(({ parcel, status }) => [parcel.body, status])).toEqual([
    ['one', 'queued'],
    ['two', 'queued'],
  ]);
});

it('keeps the draft, also over a reload', () => {
  const store = createKept();
  standIn(store).setDraft('half a sen');

  expect(standIn(store).state.draft.value).toBe('half a sen');
});

it('hands over what was asked, in order, and what was heard no more', () => {
  const front = standIn(createKept());
  const asked: unknown[][] = [];
  const chat = new Proxy({} as ChatClient, {
    get:
      (_, verb) =>
      (...args: unknown[]) => {
        asked.push([verb, args[0]]);
        return () => asked.push(['off', args[0]]);
      },
  });

  const stop = front.on('open', () => undefined);
  front.on('close', () => undefined)();
  front.openPanel('normal');
  front.setVisible(true);
  front.handOver(chat);
  stop();

  expect(asked).toEqual([
    ['on', 'open'],
    ['openPanel', 'normal'],
    ['setVisible', true],
    ['off', 'open'],
  ]);
});

it('says that there is no connection, while it looks for the chat', () => {
  const front = standIn(createKept());

  expect(front.state.link.value).toBe('connecting');
  front.despair(true);
  expect(front.state.link.value).toBe('reconnecting');
  front.despair(false);
  expect(front.state.link.value).toBe('offline');
});

it('a text is cut and mended before it is sent', () => {
  expect(sayable(` ${'x'.repeat(10_001)}`)).toHaveLength(10_000);
  expect(sayable('a\ud800b')).toBe('a\ufffdb');
});

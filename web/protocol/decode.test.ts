import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { decodeEntry, decodeFrame } from './decode';

const EXAMPLES = fileURLToPath(new URL('../../src/frontdesk/protocol/examples/', import.meta.url));
const FRAMES = ['Welcome', 'Entries', 'History', 'Ack', 'Refused', 'Typing', 'Pong'];
const ENTRIES = [
  'Message',
  'Bubbles',
  'Carousel',
  'Click',
  'Navigate',
  'Navigated',
  'Joined',
  'Queued',
  'Notice',
  'Ended',
  'Hidden',
];

function examples(type: string): [string, string][] {
  const folder = `${EXAMPLES}${type}/`;
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => [`${type}/${name}`, readFileSync(folder + name, 'utf8')]);
}

describe('the example files that the platform is tested with', () => {
  const frames = FRAMES.flatMap(examples);
  const entries = ENTRIES.flatMap((kind) => examples(`${kind}Entry`));

  test('there is one of each', () => {
    const folders = [...frames, ...entries].map(([name]) => name.split('/')[0]);

    expect(new Set(folders)).toEqual(new Set([...FRAMES, ...ENTRIES.map((kind) => `${kind}Entry`)]));
  });

  test.each(frames)('%s is read whole', (_, json) => {
    const frame = decodeFrame(json);

    expect(frame).toEqual(JSON.parse(json));
  });

  test.each(entries)('%s is read whole', (_, json) => {
    const value: unknown = JSON.parse(json);

    expect(decodeEntry(value)).toEqual(value);
  });
});

test.each([
  ['no JSON', 'hello'],
  ['nothing', ''],
  ['a number', '7'],
  ['a list', '[]'],
  ['a frame without a type', '{}'],
  ['a type from the future', '{"type":"fanfare"}'],
  ['the name of an inherited property', '{"type":"constructor"}'],
  ['a welcome without a token', '{"type":"welcome","widget":{}}'],
  ['an acknowledgement of nothing', '{"type":"ack","message_id":7}'],
  ['entries without a list', '{"type":"entries","conversation":"c","entries":{}}'],
  ['an entry without a number', '{"type":"entries","conversation":"c","entries":[{"kind":"message"}]}'],
])('%s is skipped', (_, json) => {
  expect(decodeFrame(json)).toBeNull();
});

const author = { kind: 'bot' };
test.each([
  ['of a kind from the future', { kind: 'video', seq: 4, at: 1, author }],
  ['that lacks its text', { kind: 'message', seq: 4, at: 1, author }],
  ['whose options are no texts', { kind: 'bubbles', seq: 4, at: 1, author, body: 'x', options: [{}] }],
  ['whose cards have no headline', { kind: 'carousel', seq: 4, at: 1, author, body: 'x', options: [{}] }],
  ['without an author', { kind: 'message', seq: 4, at: 1, body: 'x' }],
  ['named as an inherited property', { kind: 'toString', seq: 4, at: 1, author }],
])('an entry %s keeps its number and is hidden', (_, value) => {
  expect(decodeEntry(value)).toMatchObject({ kind: 'hidden', seq: 4 });
});

test('what an entry has beyond what we know does no harm', () => {
  const value = { kind: 'message', seq: 4, at: 1, author, body: 'x', mood: 'bright' };

  expect(decodeEntry(value)).toMatchObject({ kind: 'message', body: 'x' });
});

/**
 * Reads what the platform sends: tolerant of what is new, safe against what is wrong.
 *
 * A frame that is unknown or lacks what its type needs is null, for the caller to skip. An entry that is unknown or
 * lacks something becomes `hidden`, so that the numbers keep without a gap. Words of a closed list (`reason`, `code`)
 * are only known to be text: whoever draws them needs words for one that is new.
 */

import type { PlatformFrame, WidgetEntry } from './frames';

type Check = (value: unknown) => boolean;
type Fields = Record<string, Check>;
type Loose = Record<string, unknown>;

const isRecord = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text: Check = (value) => typeof value === 'string';
const flag: Check = (value) => typeof value === 'boolean';
const whole: Check = (value) => Number.isSafeInteger(value);
const finite: Check = (value) => Number.isFinite(value);
const maybe =
  (check: Check): Check =>
  (value) =>
    value === undefined || value === null || check(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const shape =
  (fields: Fields): Check =>
  (value) =>
    isRecord(value) && Object.keys(fields).every((name) => fields[name]?.(value[name]));

const ENTRIES: { [K in WidgetEntry['kind']]: Fields } = {
  message: { body: text },
  bubbles: { body: text, options: listOf(text) },
  carousel: {
    body: text,
    options: listOf(shape({ headline: text, subheadline: maybe(text), media: maybe(text) })),
  },
  click: { of: whole, option: whole, headline: text },
  navigate: { url: text, fallback: maybe(text) },
  navigated: { of: whole, followed: flag },
  joined: {},
  queued: { reason: text },
  notice: { code: text, text: maybe(text) },
  ended: { reason: text },
  hidden: {},
};

const FRAMES: { [T in PlatformFrame['type']]: Fields } = {
  welcome: {
    token: text,
    epoch: text,
    widget: shape({ name: text, language: text, accent: text, side: text }),
    conversation: maybe(shape({ id: text, last_seq: whole, seen_seq: maybe(whole) })),
    entries: maybe(Array.isArray),
  },
  entries: { conversation: text, entries: Array.isArray },
  history: { conversation: text, before: whole, entries: Array.isArray },
  ack: { message_id: text, conversation: maybe(text), seq: maybe(whole) },
  refused: { message_id: maybe(text), code: text, detail: text, retry_after_ms: maybe(finite) },
  typing: { conversation: text, seconds: finite },
  pong: {},
};

const author = shape({ kind: text, name: maybe(text) });

/** One entry; null where not even its number can be read. */
export function decodeEntry(value: unknown): WidgetEntry | null {
  if (!isRecord(value) || !whole(value.seq)) return null;
  const fields = Object.hasOwn(ENTRIES, String(value.kind)) && ENTRIES[value.kind as WidgetEntry['kind']];
  if (fields && shape(fields)(value) && finite(value.at) && author(value.author) && maybe(text)(value.message_id)) {
    return value as WidgetEntry;
  }
  return { kind: 'hidden', seq: value.seq as number, at: 0, author: { kind: 'system' } };
}

/** One frame from the text of a WebSocket message; null where there is nothing in it for us. */
export function decodeFrame(json: string): PlatformFrame | null {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return null;
  }
  if (!isRecord(value) || !Object.hasOwn(FRAMES, String(value.type))) return null;
  if (!shape(FRAMES[value.type as PlatformFrame['type']])(value)) return null;
  if (Array.isArray(value.entries)) {
    const entries = value.entries.map(decodeEntry);
    if (entries.includes(null)) return null;
    value.entries = entries;
  }
  return value as PlatformFrame;
}

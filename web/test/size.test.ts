import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';

const DIST = fileURLToPath(new URL('../dist/', import.meta.url));
const read = (name: string): string => {
  try {
    return readFileSync(DIST + name, 'utf8');
  } catch {
    throw new Error(`dist/${name} is not there: run \`npm run build\` first`);
  }
};
const manifest = (): { loader: string; panel: string } => JSON.parse(read('manifest.json'));
const weight = (name: string): number => brotliCompressSync(read(name)).length;

/** Bytes with Brotli: the loader in one packet; the panel, with all its texts and its style, in two flights of them. */
const LOADER_AT_MOST = 1_100;
const PANEL_AT_MOST = 24_500;

test('the loader fits in one packet', () => {
  expect(weight(manifest().loader)).toBeLessThanOrEqual(LOADER_AT_MOST);
});

test('the panel fits in two flights of packets', () => {
  expect(weight(manifest().panel)).toBeLessThanOrEqual(PANEL_AT_MOST);
});

test('the loader knows the name of the panel', () => {
  expect(read(manifest().loader)).toContain(manifest().panel);
});

test('the loader is a classic script, and the panel is one module without imports', () => {
  expect(read(manifest().loader)).not.toMatch(/\bexport\b|^import\b/m);
  expect(read(manifest().panel)).toMatch(/export\s*\{[^}]*\bmount\b/);
  expect(read(manifest().panel)).not.toMatch(/\bimport\s*[("'{]/);
});

test.each(['loader', 'panel'] as const)('the %s has nothing that a strict policy forbids', (part) => {
  const code = read(manifest()[part]);

  expect(code).not.toMatch(
    /\beval\(|new Function|document\.write|document\.cookie|insertAdjacentHTML|createContextualFragment/,
  );
  expect(code).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
});

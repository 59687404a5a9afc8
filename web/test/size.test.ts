import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, brotliDecompressSync, gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

const DIST = fileURLToPath(new URL('../dist/', import.meta.url));
const read = (name: string): string => {
  try {
    return readFileSync(DIST + name, 'utf8');
  } catch {
    throw new Error(`dist/${name} is not there: run \`npm run build\` first`);
  }
};
type Manifest = { loader: string; panel: string; more: string; locales: Record<string, string> };
const manifest = (): Manifest => JSON.parse(read('manifest.json'));
const weight = (name: string): number => brotliCompressSync(read(name)).length;

/** Bytes with Brotli: the loader in one packet, the panel's first file in one flight of them. */
const LOADER_AT_MOST = 1_100;
const PANEL_AT_MOST = 13_500;
/** The first file, the second and one language. */
const ALL_AT_MOST = 26_000;

test('the loader fits in one packet', () => {
  expect(weight(manifest().loader)).toBeLessThanOrEqual(LOADER_AT_MOST);
});

test('what the first drawing needs fits in one flight of packets', () => {
  expect(weight(manifest().panel)).toBeLessThanOrEqual(PANEL_AT_MOST);
});

test.each(Object.values(manifest().locales))(
  'with everything, and in the language of %s, the panel stays light',
  (locale) => {
    const { panel, more } = manifest();

    expect([panel, more, locale].map(weight).reduce((sum, one) => sum + one)).toBeLessThanOrEqual(ALL_AT_MOST);
  },
);

test('the files are packed beside what they were packed from', () => {
  const { loader, panel, more, locales } = manifest();

  for (const name of [loader, panel, more, ...Object.values(locales)]) {
    expect(brotliDecompressSync(readFileSync(`${DIST + name}.br`)).toString()).toBe(read(name));
    expect(gunzipSync(readFileSync(`${DIST + name}.gz`)).toString()).toBe(read(name));
  }
});

test('the loader knows the name of the panel', () => {
  expect(read(manifest().loader)).toContain(manifest().panel);
});

test('the loader is a classic script, and the panel is a module that asks for others only when it runs', () => {
  const { loader, panel, more, locales } = manifest();
  const code = read(panel);

  expect(read(loader)).not.toMatch(/\bexport\b|^import\b/m);
  expect(code).toMatch(/export\s*\{[^}]*\bmount\b/);
  expect(code).not.toMatch(/\bimport\s*["'{]/);
  for (const name of [more, ...Object.values(locales)]) expect(code).toContain(`import(\`./${name}\`)`);
});

test.each(['loader', 'panel', 'more'] as const)('the %s has nothing that a strict policy forbids', (part) => {
  const code = read(manifest()[part]);

  expect(code).not.toMatch(
    /\beval\(|new Function|document\.write|document\.cookie|insertAdjacentHTML|createContextualFragment/,
  );
  expect(code).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
});

/** Builds `dist/`: the panel's files under names that tell their content, then the loader that knows the first of them. */

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));
const dist = `${root}dist/`;
const shared = { root, configFile: false, logLevel: 'warn', publicDir: false };
// Calls of `h` are shorter than those of the automatic runtime, and need no code of their own.
const jsx = {
  jsx: { runtime: 'classic', pragma: 'h', pragmaFrag: 'Fragment' },
  jsxInject: `import { h, Fragment } from 'preact'`,
};
// Browsers of 2024 know light-dark(); written out for older ones the sheet doubles.
const cssTarget = ['chrome123', 'firefox120', 'safari17.5'];
const options = {
  target: 'es2022',
  cssTarget,
  minify: 'oxc',
  cssMinify: true,
  modulePreload: false,
  reportCompressedSize: false,
};

/** Everything is in the files themselves: nothing is to be fetched before a chunk, so vite's helper for that is left out. */
const noPreloads = {
  name: 'no-preloads',
  enforce: 'pre',
  load: (id) => (id.endsWith('vite/preload-helper.js') ? 'export const __vitePreload = (load) => load();' : null),
};

const written = await build({
  ...shared,
  plugins: [noPreloads],
  oxc: jsx,
  build: {
    ...options,
    emptyOutDir: true,
    // Not as a library: its ES format keeps the white space.
    rollupOptions: {
      input: 'widget/main.tsx',
      preserveEntrySignatures: 'allow-extension',
      output: {
        format: 'es',
        entryFileNames: 'panel-[hash].js',
        chunkFileNames: ({ name }) => `${name.replace('texts_', '')}-[hash].js`,
      },
    },
  },
});
const chunks = written.output.filter((chunk) => chunk.type === 'chunk');
const panel = chunks.find((chunk) => chunk.isEntry).fileName;
const named = (source) => chunks.find((chunk) => chunk.facadeModuleId?.endsWith(source)).fileName;

await build({
  ...shared,
  define: { PANEL: JSON.stringify(panel) },
  build: {
    ...options,
    emptyOutDir: false,
    rollupOptions: { input: 'loader/main.ts', output: { format: 'iife', entryFileNames: 'loader.js' } },
  },
});

const manifest = { loader: 'loader.js', panel, more: named('widget/more.ts'), locales: { de: named('texts_de.ts') } };
await writeFile(`${dist}manifest.json`, `${JSON.stringify(manifest, null, 2)}\n`);

// What goes over the wire, packed once and as well as can be.
for (const name of (await readdir(dist)).filter((one) => one.endsWith('.js'))) {
  const code = await readFile(dist + name);
  await writeFile(`${dist + name}.br`, brotliCompressSync(code));
  await writeFile(`${dist + name}.gz`, gzipSync(code, { level: 9 }));
}

/** Builds `dist/`: the panel under a name that tells its content, then the loader that knows this name. */

import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));
const shared = { root, configFile: false, logLevel: 'warn', publicDir: false };
const jsx = { jsx: { runtime: 'automatic', importSource: 'preact' } };
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

const written = await build({
  ...shared,
  oxc: jsx,
  build: {
    ...options,
    emptyOutDir: true,
    // Not as a library: its ES format keeps the white space.
    rollupOptions: {
      input: 'widget/main.tsx',
      preserveEntrySignatures: 'strict',
      output: { format: 'es', entryFileNames: 'panel-[hash].js', codeSplitting: false },
    },
  },
});
const panel = written.output.find((chunk) => chunk.type === 'chunk').fileName;

await build({
  ...shared,
  define: { PANEL: JSON.stringify(panel) },
  build: {
    ...options,
    emptyOutDir: false,
    rollupOptions: { input: 'loader/main.ts', output: { format: 'iife', entryFileNames: 'loader.js' } },
  },
});

await writeFile(`${root}dist/manifest.json`, `${JSON.stringify({ loader: 'loader.js', panel }, null, 2)}\n`);

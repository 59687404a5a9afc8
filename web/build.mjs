/** Builds `dist/`: the panel under a name that tells its content, then the loader that knows this name. */

import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));
const shared = { root, configFile: false, logLevel: 'warn', publicDir: false };
const jsx = { jsx: { runtime: 'automatic', importSource: 'preact' } };
const options = { target: 'es2022', minify: 'oxc', cssMinify: true, modulePreload: false, reportCompressedSize: false };

const written = await build({
  ...shared,
  oxc: jsx,
  build: {
    ...options,
    emptyOutDir: true,
    lib: { entry: 'widget/main.tsx', formats: ['es'], fileName: 'panel' },
    rollupOptions: { output: { entryFileNames: 'panel-[hash].js', codeSplitting: false } },
  },
});
const panel = written[0].output.find((chunk) => chunk.type === 'chunk').fileName;

await build({
  ...shared,
  define: { PANEL: JSON.stringify(panel) },
  build: {
    ...options,
    emptyOutDir: false,
    lib: { entry: 'loader/main.ts', formats: ['iife'], name: 'FrontdeskLoader', fileName: () => 'loader.js' },
    rollupOptions: { output: { extend: true } },
  },
});

await writeFile(`${root}dist/manifest.json`, `${JSON.stringify({ loader: 'loader.js', panel }, null, 2)}\n`);

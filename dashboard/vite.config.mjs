import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** The app's own address, for `npx vite dashboard` beside a running platform. */
const APP = process.env['LANDFALL_API'] ?? 'http://127.0.0.1:7071';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/api/dashboard/',
  logLevel: 'warn',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: fileURLToPath(new URL('../dist/dashboard', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    // Images stay files: the policy lets nothing inline in.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { '^/api/(?!dashboard/)': APP } },
});

// The bundle of the window. Which bridge to the core it holds is decided here, so a fake can never ship.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const { version } = JSON.parse(readFileSync(here('package.json'), 'utf8')) as { version: string };

/** The policy the window runs under; `vite preview` serves it too, so that a breach shows in any browser. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

export default defineConfig(({ command, mode }) => {
  const fake = mode !== 'production' && !(command === 'serve' && mode === 'tauri');
  return {
    plugins: [svelte(), svelteTesting()],
    define: { __APP_VERSION__: JSON.stringify(version) },
    resolve: { alias: { '#bridge': here(fake ? 'src/ipc/fake.ts' : 'src/ipc/tauri.ts') } },
    // Nothing is inlined: the policy allows fonts, scripts and styles from files only.
    build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: false },
    preview: { headers: { 'Content-Security-Policy': policy } },
    test: { environment: 'jsdom', setupFiles: ['src/test/setup.ts'], include: ['src/**/*.test.ts'], restoreMocks: true, css: true, testTimeout: 90_000 },
  };
});

// Rules of this folder that no linter knows: who may speak to the core, and what the security policy forbids.
import { describe, expect, it } from 'vitest';
import page from '../../index.html?raw';
import manifest from '../../package.json';
import tokens from '../styles/tokens.css?raw';

const sources = import.meta.glob<string>(['../**/*.{ts,svelte,css}', '!../bindings/**', '!./rules.test.ts'], {
  query: '?raw', import: 'default', eager: true,
});
const files = Object.entries(sources).map(([path, text]) => ({ path: path.replace(/^\.\.\//, ''), text }));
const shipped = files.filter(({ path }) => !path.endsWith('.test.ts') && !path.startsWith('./') && !path.startsWith('test/') && !path.startsWith('stories/'));
const breaking = (rule: RegExp, of = shipped) => of.filter(({ text }) => rule.test(text)).map(({ path }) => path);

describe('sources', () => {
  it('are found', () => {
    expect(shipped.length).toBeGreaterThan(40);
  });

  it('speak to the core only from src/ipc', () => {
    expect(breaking(/@tauri-apps|__TAURI/).filter((path) => !path.startsWith('ipc/'))).toEqual([]);
  });

  it('name the fake bridge only beside it', () => {
    expect(breaking(/ipc\/fake/).filter((path) => !path.startsWith('ipc/'))).toEqual([]);
  });

  it('take nothing from the stories, so that none of them reaches the window', () => {
    expect(breaking(/stories\/|storybook/)).toEqual([]);
    expect(Object.keys(manifest.dependencies).filter((name) => name.includes('storybook') || name.includes('playwright'))).toEqual([]);
  });

  it('hold no raw HTML, inline style or evaluated code', () => {
    expect(breaking(/\{@html|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function\(/)).toEqual([]);
    expect(breaking(/\sstyle=/, shipped.filter(({ path }) => path.endsWith('.svelte')))).toEqual([]);
  });

  it('open with a sentence about themselves', () => {
    expect(files.filter(({ text }) => !/^(<!--|\/\/|\/\*) [A-Z]/.test(text)).map(({ path }) => path)).toEqual([]);
  });

  it('stay below 400 lines', () => {
    expect(files.filter(({ text }) => text.split('\n').length > 400).map(({ path }) => path)).toEqual([]);
  });

  it('take every colour from the tokens', () => {
    const painted = breaking(/#[0-9a-f]{3,8}\b|rgb\(/i, shipped.filter(({ path }) => path.endsWith('.svelte')));
    // The picture of the fjord is a drawing.
    expect(painted).toEqual(['parts/Fjord.svelte']);
  });
});

describe('the page', () => {
  it('has no inline script or style', () => {
    expect(page).not.toMatch(/<style|\sstyle=|\son\w+=/);
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).toMatch(/<script type="module" src="/);
  });
});

describe('the grounds of charts', () => {
  it('are the surfaces that tiles have', () => {
    expect(tokens).toMatch(/\[data-theme='light'\] \{[^}]*--surface: #ffffff;/);
    expect(tokens).toMatch(/\[data-theme='dark'\] \{[^}]*--surface: #131c2e;/);
    expect(tokens).toMatch(/\[data-theme='light'\]\[data-contrast='more'\] \{[^}]*--surface: #ffffff;/);
    expect(tokens).toMatch(/\[data-theme='dark'\]\[data-contrast='more'\] \{[^}]*--surface: #131c2e;/);
  });
});

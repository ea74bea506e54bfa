// Rules of this folder that no linter knows: who may speak to the core, and what the security policy forbids.
import { describe, expect, it } from 'vitest';
import page from '../../index.html?raw';
import tokens from '../styles/tokens.css?raw';

const sources = import.meta.glob<string>(['../**/*.{ts,svelte,css}', '!../bindings/**', '!./rules.test.ts'], {
  query: '?raw', import: 'default', eager: true,
});
const files = Object.entries(sources).map(([path, text]) => ({ path: path.replace(/^\.\.\//, ''), text }));
const shipped = files.filter(({ path }) => !path.endsWith('.test.ts') && !path.startsWith('./') && !path.startsWith('test/'));
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
    // The picture of the fjord is a drawing; the rail and the gate lie on it in both themes.
    expect(painted).toEqual(['parts/Brand.svelte', 'parts/Fjord.svelte', 'parts/Rail.svelte', 'screens/Gate.svelte']);
  });
});

describe('the page', () => {
  it('has no inline script or style', () => {
    expect(page).not.toMatch(/<style|\sstyle=|\son\w+=/);
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).toMatch(/<script type="module" src="/);
  });
});

describe('contrast', () => {
  const block = (theme: 'light' | 'dark') => {
    const body = new RegExp(`\\[data-theme='${theme}'\\] \\{([^}]*)\\}`).exec(tokens)?.[1] ?? '';
    return new Map([...body.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value] as const));
  };
  const luminance = (hex: string) => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
      const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one: string, other: string) => {
    const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const text: [string, string][] = [
    ...['ink', 'ink-2', 'ink-3', 'accent'].flatMap((ink) => ['ground', 'surface', 'surface-2'].map((on): [string, string] => [ink, on])),
    ['ink-2', 'surface-3'], ['ink-3', 'surface-3'], ['on-accent', 'accent'], ['on-accent', 'accent-hover'], ['accent', 'accent-soft'],
    ...['good', 'warn', 'bad', 'info'].flatMap((ink): [string, string][] => [[ink, `${ink}-soft`], [ink, 'surface']]),
    ...['warn-soft', 'bad-soft'].map((on): [string, string] => ['ink', on]), ['ink-2', 'good-soft'], ['ink-2', 'bad-soft'],
  ];

  describe.each(['light', 'dark'] as const)('%s', (theme) => {
    const colours = block(theme);
    it.each(text)('%s on %s is readable', (ink, on) => {
      expect(contrast(colours.get(ink) ?? '', colours.get(on) ?? '')).toBeGreaterThanOrEqual(4.5);
    });
    it.each([['focus', 'surface'], ['focus', 'ground'], ['line-strong', 'surface']])('%s on %s can be seen', (ink, on) => {
      expect(contrast(colours.get(ink) ?? '', colours.get(on) ?? '')).toBeGreaterThanOrEqual(3);
    });
  });

  it('has the grounds that the charts are drawn on', () => {
    expect(block('light').get('surface')).toBe('#ffffff');
    expect(block('dark').get('surface')).toBe('#131c2e');
  });
});

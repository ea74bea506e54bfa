// Contrast of every pair of tokens in every look, and the palettes that follow from a tenant's accent.
import { afterEach, describe, expect, it } from 'vitest';
import { contrast, LEAST, luminance, PAIRS, palette, readColour, wear, type Grounds } from './contrast';
import css from './tokens.css?raw';

const sources = import.meta.glob<string>(['../parts/*.svelte', '../screens/*.svelte', './base.css'], { query: '?raw', import: 'default', eager: true });

/** The colours that a block of the tokens sets. */
const block = (selector: string): [string, string][] => {
  const at = css.indexOf(`${selector} {`);
  const body = at < 0 ? '' : css.slice(at, css.indexOf('}', at));
  return [...body.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value]);
};
const looks = {
  light: [...block(':root'), ...block("[data-theme='light']")],
  dark: [...block(':root'), ...block("[data-theme='dark']")],
  'light, more contrast': [...block(':root'), ...block("[data-theme='light']"), ...block("[data-theme='light'][data-contrast='more']")],
  'dark, more contrast': [...block(':root'), ...block("[data-theme='dark']"), ...block("[data-theme='dark'][data-contrast='more']")],
};
const tokens = (look: keyof typeof looks) => Object.fromEntries(looks[look]) as Record<string, string>;
const grounds = (look: keyof typeof looks) => tokens(look) as unknown as Grounds;

describe.each(Object.keys(looks) as (keyof typeof looks)[])('in %s', (look) => {
  const colours = tokens(look);

  it.each(PAIRS)('$ink on $on is readable ($least)', ({ ink, on, least }) => {
    const wanted = look.endsWith('contrast') && least === 'text' ? LEAST.enhanced : LEAST[least];
    expect(contrast(colours[ink] ?? '', colours[on] ?? ''), `${colours[ink] ?? 'missing'} on ${colours[on] ?? 'missing'}`).toBeGreaterThanOrEqual(wanted);
  });
});

describe('components', () => {
  it('draw no pair of tokens that is not measured here', () => {
    const measured = new Set(PAIRS.map(({ ink, on }) => `${ink} on ${on}`));
    const unmeasured = Object.entries(sources).flatMap(([path, text]) =>
      [...text.matchAll(/\{([^{}]*)\}/g)].flatMap(([, rule = '']) => {
        const ink = /(?:^|[\s;])color: var\(--([\w-]+)\)/.exec(rule)?.[1];
        const on = /background(?:-color)?: var\(--([\w-]+)\)/.exec(rule)?.[1];
        return ink && on && !measured.has(`${ink} on ${on}`) ? [`${path}: ${ink} on ${on}`] : [];
      }),
    );
    expect(unmeasured).toEqual([]);
  });

  it('name no token that is not set', () => {
    const set = new Set([...css.matchAll(/--([\w-]+):/g)].map(([, name]) => name));
    const unset = Object.entries(sources).flatMap(([path, text]) => {
      const own = new Set([...text.matchAll(/(?:style:)?--([\w-]+)[:=]/g)].map(([, name]) => name));
      return [...text.matchAll(/var\(--([\w-]+)/g)].map(([, name = '']) => name)
        .filter((name) => !set.has(name) && !own.has(name) && !name.startsWith('bits-'))
        .map((name) => `${path}: --${name}`);
    });
    expect(unset).toEqual([]);
  });
});

describe('contrast', () => {
  it('is that of the standard', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.478, 3);
    expect(contrast('#ffffff', '#777777')).toBe(contrast('#777777', '#ffffff'));
    expect(luminance([0, 0, 0])).toBe(0);
  });

  it('of what is no colour is none, so that it is refused', () => {
    for (const text of ['', 'red', '#fff', '#12345', '#gggggg', '#0000000', 'url(x)', ' #000000']) {
      expect(readColour(text)).toBeNull();
      expect(contrast(text, '#ffffff')).toBe(1);
    }
  });
});

describe.each(Object.keys(looks) as (keyof typeof looks)[])("a tenant's accent in %s", (look) => {
  const on = grounds(look);
  const dark = look.startsWith('dark');
  const inReach = dark ? ['#0b6e78', '#1f6fb2', '#c0392b', '#8e44ad', '#2e8b57', '#f2b705', '#ffffff'] : ['#0b6e78', '#1f6fb2', '#c0392b', '#8e44ad', '#2e8b57', '#101010'];

  it.each(inReach)('%s gives a palette in which every pair is readable', (accent) => {
    const themed = palette(accent, on);
    if (!themed.ok) throw new Error(`${accent} was refused: ${JSON.stringify(themed)}`);
    const colours: Record<string, string> = { ...tokens(look), ...themed.palette };
    for (const { ink, on: below, least } of PAIRS.filter((pair) => pair.ink in themed.palette || pair.on in themed.palette)) {
      const wanted = least === 'enhanced' ? LEAST.enhanced : LEAST[least];
      expect(contrast(colours[ink] ?? '', colours[below] ?? ''), `${ink} on ${below}`).toBeGreaterThanOrEqual(wanted);
    }
    expect(themed.contrast).toBeGreaterThanOrEqual(LEAST.text);
  });

  it.each(dark ? ['#000000', '#0a0a2a'] : ['#ffffff', '#ffff66', '#fff3c4', '#e0ffe0'])('%s is refused with a colour that would pass', (accent) => {
    const themed = palette(accent, on);
    expect(themed).toMatchObject({ ok: false, code: 'theme.contrast_too_low', least: 4.5 });
    if (themed.ok || themed.code !== 'theme.contrast_too_low') return;
    expect(themed.contrast).toBeLessThan(4.5);
    expect(palette(themed.nearest, on).ok).toBe(true);
  });

  it.each(['', 'teal', '#12', '#0b6e78;background:url(//x)', '#0B6E7', 'x'.repeat(100_000)])('that is no colour is refused (%#)', (accent) => {
    expect(palette(accent, on)).toEqual({ ok: false, code: 'theme.colour_unreadable' });
  });
});

describe('a page', () => {
  const page = document.documentElement;
  const dress = (theme: string) => {
    const style = document.createElement('style');
    style.textContent = css;
    document.head.replaceChildren(style);
    page.dataset.theme = theme;
  };
  const worn = (name: string) => page.style.getPropertyValue(`--${name}`);
  afterEach(() => {
    wear(page, null);
    document.head.replaceChildren();
  });

  it('wears the palette of its tenant on the grounds it has, and takes it off', () => {
    dress('light');
    expect(wear(page, '#1f5fb2')?.ok).toBe(true);
    const light = worn('accent');
    expect(contrast(light, '#ffffff')).toBeGreaterThanOrEqual(LEAST.text);
    dress('dark');
    expect(wear(page, '#1f5fb2')?.ok).toBe(true);
    expect(worn('accent')).not.toBe(light);
    expect(contrast(worn('accent'), '#131c2e')).toBeGreaterThanOrEqual(LEAST.text);
    expect(wear(page, null)).toBeNull();
    expect(worn('accent')).toBe('');
  });

  it('keeps the colours of the product where the accent is refused', () => {
    dress('light');
    expect(wear(page, '#ffee88')).toMatchObject({ ok: false, code: 'theme.contrast_too_low' });
    expect(worn('accent')).toBe('');
  });
});

describe('enhanced contrast', () => {
  it('is reached where the colour is near it', () => {
    const themed = palette('#0b6e78', grounds('light'));
    expect(themed.ok && themed.contrast).toBeGreaterThanOrEqual(LEAST.enhanced);
  });
});

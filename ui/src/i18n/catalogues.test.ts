// The three catalogues say the same things, and the window says all of them.
import { describe, expect, it } from 'vitest';
import type { Locale } from '../bindings/Locale';
import en from './en.json';
import nb from './nb.json';
import uk from './uk.json';

type Message = string | Record<string, string>;
const catalogues: Record<Locale, Record<string, Message>> = { en, nb, uk };
const locales = Object.keys(catalogues) as Locale[];

const sources = import.meta.glob<string>(['../**/*.{ts,svelte}', '!../**/*.test.ts', '!../stories/**', '!../bindings/**'], {
  query: '?raw', import: 'default', eager: true,
});
const code = Object.values(sources).join('\n');

const forms = (message: Message | undefined): string[] =>
  message === undefined ? [] : typeof message === 'string' ? [message] : Object.values(message);
const holes = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').sort();

describe.each(locales)('%s', (locale) => {
  const messages = catalogues[locale];

  it('has exactly the keys of English', () => {
    expect(Object.keys(messages)).toEqual(Object.keys(en));
  });

  it('has words for every key', () => {
    for (const [key, message] of Object.entries(messages)) {
      for (const text of forms(message)) expect(text.trim(), key).not.toBe('');
    }
  });

  it('keeps the values that English names', () => {
    for (const [key, message] of Object.entries(messages)) {
      const wanted = holes(forms((en as Record<string, Message>)[key])[0] ?? '');
      for (const text of forms(message)) expect(holes(text), key).toEqual(wanted);
    }
  });

  it('has every plural form of the language, and no other', () => {
    const wanted = new Intl.PluralRules(locale).resolvedOptions().pluralCategories.toSorted();
    for (const [key, message] of Object.entries(messages)) {
      if (typeof message !== 'string') expect(Object.keys(message).toSorted(), key).toEqual(wanted);
    }
  });
});

describe('the window', () => {
  it('uses every key', () => {
    const unused = Object.keys(en).filter((key) => !code.includes(`'${key}'`));
    expect(unused).toEqual([]);
  });

  it('names no key that is missing', () => {
    const named = [...code.matchAll(/\bt\(\s*'([^']+)'/g)].map(([, key]) => key ?? '');
    expect(named.length).toBeGreaterThan(100);
    expect(named.filter((key) => !(key in en))).toEqual([]);
  });

  it('builds no key from parts', () => {
    expect([...code.matchAll(/\bt\(\s*`/g)]).toEqual([]);
  });
});

describe('Ukrainian and Norwegian', () => {
  it('are written in their own letters', () => {
    const cyrillic = Object.values(uk).flatMap(forms).filter((text) => /\p{Script=Cyrillic}/u.test(text));
    expect(cyrillic.length).toBeGreaterThan(Object.keys(uk).length * 0.95);
    expect(Object.values(nb).flatMap(forms).join(' ')).not.toMatch(/\p{Script=Cyrillic}/u);
  });

  it('differ from English wherever there are words', () => {
    const same = Object.entries(en).filter(([key, text]) => typeof text === 'string' && text.split(' ').length > 3 && (nb as Record<string, Message>)[key] === text);
    expect(same).toEqual([]);
  });
});

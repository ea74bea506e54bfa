// Words, numbers and times by language.
import { afterEach, describe, expect, it } from 'vitest';
import type { Locale } from '../bindings/Locale';
import { ago, clockTime, fileSize, instant, percent } from './format';
import { language, t } from './index.svelte';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const before = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();

afterEach(() => {
  language.locale = 'en';
});

describe('plurals', () => {
  it.each<[Locale, number, string]>([
    ['en', 1, '1 page'], ['en', 2, '2 pages'], ['nb', 1, '1 side'], ['nb', 0, '0 sider'],
    ['uk', 1, '1 сторінка'], ['uk', 3, '3 сторінки'], ['uk', 11, '11 сторінок'], ['uk', 22, '22 сторінки'],
    ['uk', 1.5, '1,5 сторінки'],
  ])('%s %d', (locale, count, words) => {
    language.locale = locale;
    expect(t('export.pages', { count })).toBe(words);
  });
});

describe('values in messages', () => {
  it('writes numbers as the language does', () => {
    language.locale = 'nb';
    expect(t('sync.catchingUp', { cursor: 1204, head: 5310 })).toBe('Henter: 1\u00a0204 av 5\u00a0310');
  });

  it('takes text as it is, even if it looks like a placeholder or a replacement pattern', () => {
    expect(t('figure.open', { figure: '{value}', value: '$&' })).toBe('{value}: $&. Show details');
  });

  it('leaves a hole visible when its value is missing', () => {
    expect(t('figure.version')).toBe('version {version}');
  });
});

describe('ago', () => {
  it.each<[Locale, number, string]>([
    ['en', 59, 'just now'], ['en', 60, '1 minute ago'], ['en', 240, '4 minutes ago'], ['en', 7200, '2 hours ago'],
    ['en', 200_000, '2 days ago'], ['nb', 240, 'for 4 minutter siden'], ['uk', 240, '4 хвилини тому'], ['uk', 300, '5 хвилин тому'],
    ['en', -30, 'just now'],
  ])('%s after %d s', (locale, seconds, words) => {
    language.locale = locale;
    expect(ago(before(seconds), NOW)).toBe(words);
  });

  it('gives back what is no instant', () => {
    expect(ago('soon', NOW)).toBe('soon');
  });
});

describe('instants', () => {
  it.each<[Locale, string]>([
    ['en', '30 Sep 2026, '], ['nb', '30. sep. 2026, '], ['uk', '30 вер. 2026, '],
  ])('%s', (locale, start) => {
    language.locale = locale;
    expect(instant('2026-09-30T12:05:00Z')).toMatch(new RegExp(`^${start.replaceAll('.', '\\.')}\\d\\d:\\d\\d$`));
  });

  it('names the day only when it is another one', () => {
    expect(clockTime(before(60), NOW)).toMatch(/^\d\d:\d\d$/);
    expect(clockTime(before(3 * 86_400), NOW)).toMatch(/Nov 2026/);
  });

  it('gives back what is no instant', () => {
    expect(instant('<b>now</b>')).toBe('<b>now</b>');
  });
});

describe('sizes and shares', () => {
  it('writes kB below a megabyte and MB above', () => {
    expect(fileSize(486_213)).toBe('486 kB');
    expect(fileSize(2_450_000)).toBe('2.5 MB');
  });

  it('writes percent as the language does', () => {
    expect(percent(55)).toBe('55%');
    language.locale = 'nb';
    expect(percent(55)).toBe('55\u00a0%');
  });
});

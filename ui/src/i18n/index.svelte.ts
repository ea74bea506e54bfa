// The words of the window in three languages, with plurals by CLDR rules. Words of the views come from the core.
import type { Locale } from '../bindings/Locale';
import en from './en.json';
import nb from './nb.json';
import uk from './uk.json';

/** The name of a message; English is the list. */
export type Key = keyof typeof en;

type Message = string | Partial<Record<Intl.LDMLPluralRule, string>>;

const catalogues: Record<Locale, Record<string, Message>> = { en, nb, uk };

/** The languages in the order they are offered, each by its own name. */
export const LANGUAGES: readonly { value: Locale; label: string }[] = [
  { value: 'en', label: 'English' },
  { value: 'nb', label: 'Norsk bokmål' },
  { value: 'uk', label: 'Українська' },
];

class Language {
  #locale = $state<Locale>('en');

  get locale(): Locale {
    return this.#locale;
  }

  set locale(locale: Locale) {
    this.#locale = locale;
    document.documentElement.lang = locale;
  }
}

/** The language of the window; everything that reads it follows a change at once. */
export const language = new Language();

/** Picks the plural form of a message for a count. */
export function plural(forms: Partial<Record<Intl.LDMLPluralRule, string>>, count: number, locale: Locale): string {
  return forms[new Intl.PluralRules(locale).select(count)] ?? forms.other ?? '';
}

/** A message; `{name}` is replaced from `values`, and `count` picks the plural form. Numbers are written as the language does. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  const message = catalogues[language.locale][key] ?? en[key];
  const text = typeof message === 'string' ? message : plural(message, Number(values.count), language.locale);
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === 'number' ? number(value) : value;
  });
}

/** A whole or decimal number. */
export function number(value: number): string {
  return new Intl.NumberFormat(language.locale).format(value);
}

/** An instant as date and time on this device's clock; text that is no instant is given back. */
export function instant(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  return new Intl.DateTimeFormat(language.locale, { dateStyle: 'medium', timeStyle: 'short' }).format(at);
}

/** The time of day where the instant is today, date and time otherwise. */
export function clockTime(iso: string, now: number): string {
  const at = new Date(iso);
  if (at.toDateString() !== new Date(now).toDateString()) return instant(iso);
  return new Intl.DateTimeFormat(language.locale, { timeStyle: 'short' }).format(at);
}

/** How long ago an instant was, in words: "4 minutes ago". Under a minute and instants ahead read as now. */
export function ago(iso: string, now: number): string {
  const seconds = (now - new Date(iso).getTime()) / 1000;
  if (Number.isNaN(seconds)) return iso;
  if (seconds < 60) return t('time.justNow');
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [['day', 86_400], ['hour', 3600], ['minute', 60]];
  const [unit, length] = steps.find(([, step]) => seconds >= step) ?? ['minute', 60];
  return new Intl.RelativeTimeFormat(language.locale).format(-Math.floor(seconds / length), unit);
}

/** A file size in kB or MB. */
export function fileSize(bytes: number): string {
  const [unit, value] = bytes >= 1_000_000 ? (['megabyte', bytes / 1_000_000] as const) : (['kilobyte', bytes / 1000] as const);
  return new Intl.NumberFormat(language.locale, { style: 'unit', unit, maximumFractionDigits: unit === 'megabyte' ? 1 : 0 }).format(value);
}

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

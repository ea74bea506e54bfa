// Times and sizes as the chosen language writes them. Figures come written from the core.
import { language, t } from './index.svelte';

const FORMATS = {
  day: { day: 'numeric', month: 'short', year: 'numeric' },
  time: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;
const kept = new Map<string, Intl.DateTimeFormat>();

/** One for each language and zone is kept: making one takes longer than all that it writes on a screen. */
function formatter(format: keyof typeof FORMATS): Intl.DateTimeFormat {
  const key = `${format} ${language.locale} ${new Date().getTimezoneOffset()}`;
  const found = kept.get(key) ?? new Intl.DateTimeFormat(language.locale, FORMATS[format]);
  kept.set(key, found);
  return found;
}

/** An instant on this device's clock, written as the core writes one: `30 Sep 2026, 14:05`. Text that is no instant is given back. */
export function instant(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const parts = formatter('day').formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((each) => each.type === type)?.value ?? '';
  const day = language.locale === 'nb' ? `${part('day')}.` : part('day');
  return `${day} ${part('month')} ${part('year')}, ${timeOfDay(at)}`;
}

/** The time of day where the instant is today, date and time otherwise. */
export function clockTime(iso: string, now: number): string {
  const at = new Date(iso);
  return at.toDateString() === new Date(now).toDateString() ? timeOfDay(at) : instant(iso);
}

function timeOfDay(at: Date): string {
  return formatter('time').format(at);
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

/** A share out of a hundred. */
export function percent(value: number): string {
  return new Intl.NumberFormat(language.locale, { style: 'percent' }).format(value / 100);
}

/** Reads a number out of a cell as the chosen language writes it, whatever stands around it; `null` where there is none. */
export function readNumber(text: string): number | null {
  const parts = new Intl.NumberFormat(language.locale).formatToParts(-1234567.8);
  const decimal = parts.find(({ type }) => type === 'decimal')?.value ?? '.';
  const group = parts.find(({ type }) => type === 'group')?.value ?? ',';
  const bare = [...text].filter((letter) => letter !== group && !/\s/u.test(letter)).join('').replace(/[\u2212\u2013-](?=\d)/u, '-').replace(decimal, '.');
  const found = /-?\d+(\.\d+)?/.exec(bare)?.[0];
  return found === undefined ? null : Number(found);
}

/** Orders cells: numbers by size, words by the alphabet of the language; cells without a number come last in either direction. */
export function ordering(): (one: string, other: string, falling: boolean) => number {
  const alphabet = new Intl.Collator(language.locale, { numeric: true });
  return (one, other, falling) => {
    const [a, b] = [readNumber(one), readNumber(other)];
    const turn = falling ? -1 : 1;
    if (a !== null && b !== null && a !== b) return turn * (a - b);
    if ((a === null) !== (b === null)) return a === null ? 1 : -1;
    return turn * alphabet.compare(one, other);
  };
}

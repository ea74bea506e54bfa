// The course of a show: which slide, what covers it, the clock. One key in, one state out; draws nothing and asks nobody.
import type { Deck } from '../bindings/Deck';
import type { ShowView } from '../bindings/ShowView';
import type { SlideNote } from '../bindings/SlideNote';
import type { Scene } from '../ipc/present';

/** Seconds a slide stays while they change by themselves. */
export const CYCLE = 30;

/** What a key does that the show itself cannot do. */
export type Wish = 'leave' | 'swap' | 'help';

/** Keys by name; letters by what they print, in either case. Clickers send the page keys. */
const NEXT = new Set(['ArrowRight', 'ArrowDown', ' ', 'PageDown', 'n']);
const BACK = new Set(['ArrowLeft', 'ArrowUp', 'PageUp', 'Backspace', 'p']);

export class Show {
  readonly deck: Deck;
  readonly notes: SlideNote[][];
  /** Milliseconds since 1970. */
  readonly began: number;
  slide = $state(0);
  cover = $state<Scene['cover']>('none');
  /** The slide that the audience keeps seeing while the presenter looks elsewhere. */
  frozen = $state<number | null>(null);
  overview = $state(false);
  /** Digits typed so far; Enter goes there. */
  typed = $state('');
  cycling = $state(false);
  dark = $state(false);
  large = $state(false);
  pointing = $state(false);
  pointer = $state.raw<[number, number] | null>(null);
  evidence = $state(false);
  /** When the slides change next, while they do so by themselves. */
  #due = 0;

  constructor({ deck, notes }: ShowView, began: number, dark: boolean) {
    this.deck = deck;
    this.notes = notes;
    this.began = began;
    this.dark = dark;
  }

  get last(): number {
    return this.deck.slides.length - 1;
  }

  /** What the audience sees. */
  get scene(): Scene {
    const { cover, dark, large } = this;
    return {
      slide: this.frozen ?? this.slide, cover, dark, large,
      pointer: this.pointing ? this.pointer : null,
      evidence: this.evidence ? this.quotes : null,
    };
  }

  /** What people said, from the deck's own slides of evidence. */
  get quotes(): string[] {
    return this.deck.slides.flatMap(({ body }) => (body.kind === 'evidence' ? body.items.map(({ text }) => text) : [])).slice(0, 3);
  }

  /** Notes of the slide that the presenter sees. */
  get here(): SlideNote[] {
    return this.notes[this.slide] ?? [];
  }

  go(slide: number): void {
    this.slide = Math.min(this.last, Math.max(0, slide));
    this.pointer = null;
    this.evidence = false;
  }

  cycle(on: boolean, now: number): void {
    this.cycling = on;
    this.#due = now + CYCLE * 1000;
  }

  /** Moves on where it is time to. */
  tick(now: number): void {
    if (!this.cycling || now < this.#due) return;
    this.#due = now + CYCLE * 1000;
    this.go(this.slide === this.last ? 0 : this.slide + 1);
  }

  /** Takes a key. `null` where it means nothing to a show; `true` where it was taken; a wish where somebody else is asked. */
  press(key: string, now: number): true | Wish | null {
    const letter = key.length === 1 ? key.toLowerCase() : key;
    if (/^[0-9]$/.test(letter)) {
      this.typed = (this.typed + letter).slice(-4);
      return true;
    }
    if (letter === 'Enter') {
      if (this.typed !== '') this.go(Number(this.typed) - 1);
      else if (this.overview) this.overview = false;
      else return null;
      this.overview = false;
      this.typed = '';
      return true;
    }
    this.typed = '';
    if (letter === 'Escape') {
      if (this.overview) this.overview = false;
      else if (this.evidence) this.evidence = false;
      else if (this.cover !== 'none') this.cover = 'none';
      else return 'leave';
      return true;
    }
    if (NEXT.has(letter) || BACK.has(letter)) {
      // The first key under a black or white screen brings the slide back, as presenters expect.
      if (this.cover !== 'none') this.cover = 'none';
      else this.go(this.slide + (NEXT.has(letter) ? 1 : -1));
      if (this.cycling) this.cycle(true, now);
      return true;
    }
    switch (letter) {
      case 'Home': this.go(0); return true;
      case 'End': this.go(this.last); return true;
      case 'b': case '.': this.cover = this.cover === 'black' ? 'none' : 'black'; return true;
      case 'w': case ',': this.cover = this.cover === 'white' ? 'none' : 'white'; return true;
      case 'f': this.frozen = this.frozen === null ? this.slide : null; return true;
      case 'Tab': this.overview = !this.overview; return true;
      case 'e': this.evidence = !this.evidence && this.quotes.length > 0; return true;
      case 'a': this.cycle(!this.cycling, now); return true;
      case 'd': this.dark = !this.dark; return true;
      case 'l': this.pointing = !this.pointing; this.pointer = null; return true;
      case '+': case '=': this.large = true; return true;
      case '-': this.large = false; return true;
      case 's': return 'swap';
      case '?': case 'F1': return 'help';
      default: return null;
    }
  }
}

/** Seconds as `4:05` or `1:04:05`, with a sign before zero has been passed. */
export function span(seconds: number): string {
  const whole = Math.abs(Math.trunc(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (part: number) => String(part).padStart(2, '0');
  return `${seconds <= -1 ? '−' : ''}${h > 0 ? `${h}:${two(m)}` : m}:${two(s)}`;
}

// How this device likes the window: contrast, density, size of type. Not the theme, which goes with the person.

const STORE = 'boardroom.looks';

/** The choices, in the order they are offered. */
export const DENSITIES = ['comfortable', 'compact'] as const;
export const CONTRASTS = ['system', 'more'] as const;
export const TEXT_SIZES = ['normal', 'large', 'larger', 'largest'] as const;

export type Density = (typeof DENSITIES)[number];
export type Contrast = (typeof CONTRASTS)[number];
export type TextSize = (typeof TEXT_SIZES)[number];

interface Chosen {
  density: Density;
  contrast: Contrast;
  text: TextSize;
}

const START: Chosen = { density: 'comfortable', contrast: 'system', text: 'normal' };

/** Reads what was kept; whatever is not one of the choices is as if it had not been kept. */
export function readLooks(kept: string | null): Chosen {
  let found: unknown = null;
  try {
    found = JSON.parse(kept ?? 'null');
  } catch {
    // Not ours, or half written.
  }
  const of = <T extends string>(name: keyof Chosen, choices: readonly T[]): T | undefined => {
    const value = typeof found === 'object' && found !== null ? (found as Record<string, unknown>)[name] : undefined;
    return choices.find((choice) => choice === value);
  };
  return {
    density: of('density', DENSITIES) ?? START.density,
    contrast: of('contrast', CONTRASTS) ?? START.contrast,
    text: of('text', TEXT_SIZES) ?? START.text,
  };
}

class Looks {
  #chosen = $state.raw<Chosen>(START);
  #systemWantsMore = $state(false);

  constructor() {
    try {
      this.#chosen = readLooks(localStorage.getItem(STORE));
    } catch {
      // Without storage the choice lasts as long as the window.
    }
  }

  get chosen(): Chosen {
    return this.#chosen;
  }

  /** Whether lines and inks are strengthened, by choice or by the system. */
  get strong(): boolean {
    return this.#chosen.contrast === 'more' || this.#systemWantsMore;
  }

  choose(change: Partial<Chosen>): void {
    this.#chosen = { ...this.#chosen, ...change };
    try {
      localStorage.setItem(STORE, JSON.stringify(this.#chosen));
    } catch {
      // As above.
    }
  }

  /** Follows the system's wish for contrast until the returned function is called. */
  follow(): () => void {
    const query = matchMedia('(prefers-contrast: more)');
    const heard = () => {
      this.#systemWantsMore = query.matches;
    };
    heard();
    query.addEventListener('change', heard);
    return () => {
      query.removeEventListener('change', heard);
    };
  }

  /** Marks the page, so that the tokens follow. */
  mark(page: HTMLElement): void {
    page.dataset.contrast = this.strong ? 'more' : 'normal';
    page.dataset.density = this.#chosen.density;
    page.dataset.text = this.#chosen.text;
  }
}

export const looks = new Looks();

// The keys of the window: which do what, and whether single characters count. Not the keys of fields and lists.

/** Where the choice is kept; it concerns this device only. */
const STORE = 'boardroom.single-keys';

class Keys {
  #single = $state(true);

  constructor() {
    try {
      this.#single = localStorage.getItem(STORE) !== 'off';
    } catch {
      // Without storage the choice lasts as long as the window.
    }
  }

  /** Whether keys without a modifier are heard. */
  get single(): boolean {
    return this.#single;
  }

  set single(single: boolean) {
    this.#single = single;
    try {
      localStorage.setItem(STORE, single ? 'on' : 'off');
    } catch {
      // As above.
    }
  }
}

export const keys = new Keys();

/** What a pressed key asks for. */
export type Order =
  | { do: 'help' | 'palette' | 'theme' | 'lock' | 'outbox' | 'reports' | 'news' | 'notes' | 'ready' | 'verify' | 'settings' | 'present' | 'history' }
  | { do: 'dashboard'; index: number };

const WITH_ALT: Record<string, Order> = {
  KeyR: { do: 'reports' },
  KeyN: { do: 'notes' },
  KeyW: { do: 'news' },
  KeyM: { do: 'ready' },
  KeyV: { do: 'verify' },
  KeyS: { do: 'settings' },
  KeyO: { do: 'outbox' },
  KeyH: { do: 'history' },
  KeyT: { do: 'theme' },
  KeyL: { do: 'lock' },
};

/** Reads a key press; `null` where it means nothing to the window. Letters go by their place, so any layout works. */
export function order(event: KeyboardEvent): Order | null {
  if (event.defaultPrevented || event.isComposing) return null;
  if (event.key === 'F1') return { do: 'help' };
  if (event.key === 'F5') return { do: 'present' };
  if (event.altKey && !event.ctrlKey && !event.metaKey) return WITH_ALT[event.code] ?? null;
  if ((event.ctrlKey || event.metaKey) && !event.altKey) {
    if (event.code === 'KeyK' && !event.shiftKey) return { do: 'palette' };
    const digit = /^Digit([1-9])$/.exec(event.code);
    return digit ? { do: 'dashboard', index: Number(digit[1]) - 1 } : null;
  }
  const target = event.target;
  const typing = target instanceof HTMLElement && target.closest('input:not([type=radio]):not([type=checkbox]), textarea, [contenteditable]') !== null;
  return event.key === '?' && keys.single && !typing ? { do: 'help' } : null;
}

const apple = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent);

/** How the modifiers are printed on the keyboard of this system. */
export const ALT = apple ? '⌥' : 'Alt';
export const CONTROL = apple ? '⌘' : 'Ctrl';

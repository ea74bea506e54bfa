// Which ground the window has: the person's choice, or the system's. Sets one attribute; the colours are tokens.
import type { ThemeChoice } from '../bindings/ThemeChoice';

class Theme {
  choice = $state<ThemeChoice>('system');
  /** The colour of the tenant that is open, `#rrggbb`; what becomes of it is computed where it is shown. */
  accent = $state<string | null>(null);
  #system = $state<'light' | 'dark'>('light');

  get mode(): 'light' | 'dark' {
    return this.choice === 'system' ? this.#system : this.choice;
  }

  /** Follows the system's ground until the returned function is called. */
  follow(): () => void {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const heard = () => {
      this.#system = query.matches ? 'dark' : 'light';
    };
    heard();
    query.addEventListener('change', heard);
    return () => {
      query.removeEventListener('change', heard);
    };
  }
}

export const theme = new Theme();

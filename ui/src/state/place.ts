// Where the person was in each company, so that the next start begins there. Names of screens and ids only; no data.
import type { Place } from './desktop.svelte';

const STORE = 'boardroom.place';

/** The screen that was open in a company, if it is remembered and still one of the window. */
export function placeOf(tenant: string): Place | null {
  try {
    const found = JSON.parse(localStorage.getItem(`${STORE}/${tenant}`) ?? 'null') as Record<string, unknown> | null;
    switch (found?.screen) {
      case 'dashboard':
        return { screen: 'dashboard', id: typeof found.id === 'string' ? found.id : null };
      case 'report':
        return typeof found.id === 'string' ? { screen: 'report', id: found.id, edit: false } : null;
      case 'reports':
      case 'notes':
      case 'ready':
      case 'settings':
        return { screen: found.screen };
      default:
        return null;
    }
  } catch {
    // Without storage, or with something else in it, the window begins at its first screen.
    return null;
  }
}

/** Remembers the screen; a verified file is not remembered. */
export function remember(tenant: string, place: Place): void {
  if (place.screen === 'verify') return;
  try {
    localStorage.setItem(`${STORE}/${tenant}`, JSON.stringify({ screen: place.screen, ...('id' in place && { id: place.id }) }));
  } catch {
    // As above.
  }
}

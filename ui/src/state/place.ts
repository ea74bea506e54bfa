// Where the person was in each company, so that the next start begins there. Names of screens and ids only; no data.
import type { Place } from './desktop.svelte';

const STORE = 'boardroom.place';

/** A screen by its name, and what is open in it. */
export function readPlace(screen: string, id: string | null): Place | null {
  switch (screen) {
    case 'dashboard':
      return { screen, id };
    case 'report':
      return id === null ? null : { screen, id, edit: false };
    case 'verify':
      return { screen, path: null };
    case 'reports':
    case 'news':
    case 'notes':
    case 'ready':
    case 'settings':
      return { screen };
    default:
      return null;
  }
}

/** The screen that was open in a company, if it is remembered and still one of the window. */
export function placeOf(tenant: string): Place | null {
  try {
    const found = JSON.parse(localStorage.getItem(`${STORE}/${tenant}`) ?? 'null') as Record<string, unknown> | null;
    return typeof found?.screen === 'string' ? readPlace(found.screen, typeof found.id === 'string' ? found.id : null) : null;
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

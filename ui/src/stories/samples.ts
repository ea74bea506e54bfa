// Values that several stories share.
import type { TileView } from '../bindings/TileView';
import { cards, dashboard, evidence } from '../ipc/fake-data';

export const NOW = Date.parse('2026-11-02T09:00:00Z');

export const card = (index: number) => {
  const found = cards('en')[index];
  if (!found) throw new Error(`no card ${index}`);
  return found;
};

const tiles = dashboard('en', 'overview', 'Fjordlys Group', '2026-Q3', null, 5310, NOW).tiles;

export function tile<K extends TileView['kind']>(kind: K, id: string): Extract<TileView, { kind: K }> {
  const found = tiles.find((each) => each.kind === kind && each.id === id);
  if (!found) throw new Error(`no tile ${id}`);
  return found as Extract<TileView, { kind: K }>;
}

export const snippet = (index: number) => {
  const found = evidence[index];
  if (!found) throw new Error(`no evidence ${index}`);
  return found;
};

export const question = { dashboard: 'overview', mode: 'light', period: '2026-Q3', programme: null, locale: 'en', seq: 5310 } as const;

export const programmes = [
  { value: '', label: 'All programmes' }, { value: 'buddy', label: 'Buddy' }, { value: 'language', label: 'Language' },
  { value: 'mentoring', label: 'Mentoring' }, { value: 'upskilling', label: 'Upskilling' },
];

export const quarters = ['2026-Q3', '2026-Q2', '2026-Q1', '2025-Q4', '2025-Q3', '2025-Q2', '2025-Q1']
  .map((value) => ({ value, label: `${value.slice(5)} ${value.slice(0, 4)}` }));

/** A name that tries to turn the line around, and one that never ends. */
export const hostile = { turned: 'Fjordlys \u202ekraM', endless: 'Fjordlys'.repeat(24) };

// A dashboard's definition while it is arranged, with everything that was done to it. Not what is saved.
import type { Dashboard } from '../bindings/Dashboard';
import type { Shows } from '../bindings/Shows';
import type { Tile } from '../bindings/Tile';
import type { Words } from '../bindings/Words';

/** Most tiles that a dashboard may have. */
export const MOST = 60;

/** What a tile of a kind begins with. */
export function begin(kind: Shows['shows'], metric: string, title: Words): Shows {
  switch (kind) {
    case 'kpi': return { shows: kind, metric };
    case 'line': return { shows: kind, title, metrics: [metric], grain: 'quarter', points: 8 };
    case 'bar': return { shows: kind, title, metric, grain: 'quarter', points: 4 };
    case 'doughnut': return { shows: kind, title, metric };
    case 'radar': return { shows: kind, title, metrics: [metric] };
    case 'evidence': return { shows: kind, title, limit: 5 };
  }
}

/** The metrics of a tile. */
export const metricsOf = (shows: Shows): string[] => ('metrics' in shows ? shows.metrics : 'metric' in shows ? [shows.metric] : []);

/** Fewest and most metrics of a tile. */
const METRICS: Record<Shows['shows'], [number, number]> = { kpi: [1, 1], line: [1, 6], bar: [1, 1], doughnut: [1, 1], radar: [3, 12], evidence: [0, 0] };

/** Whether a screen could show it; the core judges by the same ranges. */
export function fits(shows: Shows): boolean {
  const titled = !('title' in shows) || Object.values(shows.title).every((text) => text.trim() !== '' && text.trim().length <= 120);
  const [least, most] = METRICS[shows.shows];
  const count = metricsOf(shows).length;
  return titled && count >= least && count <= most;
}

export class Plan {
  /** Every state so far, and those taken back. */
  #states = $state.raw<[Dashboard, ...Dashboard[]]>() as [Dashboard, ...Dashboard[]];
  #at = $state(0);

  constructor(first: Dashboard) {
    this.#states = [first];
  }

  get now(): Dashboard {
    return this.#states[this.#at] ?? this.#states[0];
  }
  get changed(): boolean {
    return this.#at > 0;
  }
  get redoable(): boolean {
    return this.#at < this.#states.length - 1;
  }
  get tiles(): Tile[] {
    return this.now.tiles;
  }

  /** Moves a tile to a place, counted from 0; answers with the place where it is then. */
  move(id: string, to: number): number {
    const from = this.tiles.findIndex((tile) => tile.id === id);
    const place = Math.max(0, Math.min(this.tiles.length - 1, to));
    const tile = this.tiles[from];
    if (!tile || place === from) return from;
    const rest = this.tiles.filter((other) => other.id !== id);
    this.#turn({ tiles: [...rest.slice(0, place), tile, ...rest.slice(place)] });
    return place;
  }
  remove(id: string): void {
    this.#turn({ tiles: this.tiles.filter((tile) => tile.id !== id) });
  }
  /** Puts a tile at the end, or in place of the one with its id. */
  put(tile: Tile): void {
    const known = this.tiles.some(({ id }) => id === tile.id);
    this.#turn({ tiles: known ? this.tiles.map((other) => (other.id === tile.id ? tile : other)) : [...this.tiles, tile] });
  }
  rename(title: Words): void {
    this.#turn({ title });
  }
  undo(): void {
    if (this.changed) this.#at -= 1;
  }
  redo(): void {
    if (this.redoable) this.#at += 1;
  }
  /** An id that no tile has. */
  free(kind: string): string {
    for (let number = 1; ; number += 1) {
      const id = `${kind}-${number}`;
      if (!this.tiles.some((tile) => tile.id === id)) return id;
    }
  }
  #turn(change: Partial<Dashboard>): void {
    const [first, ...others] = this.#states;
    this.#states = [first, ...others.slice(0, this.#at), { ...this.now, ...change }];
    this.#at += 1;
  }
}

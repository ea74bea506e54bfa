// The lines of the command palette. Shapes only.
import type { Component } from 'svelte';

/** A line of the palette. */
export interface Entry {
  id: string;
  words: string;
  /** More words it is found by. */
  also?: string[];
  keys?: readonly string[];
  icon?: Component<{ size?: number | string; 'aria-hidden'?: 'true' }>;
  onselect: () => void;
}

/** Lines that belong together. */
export interface EntryGroup {
  title: string;
  entries: Entry[];
}

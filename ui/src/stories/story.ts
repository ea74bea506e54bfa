// What stories are made of. For the story pages and tests only; never part of the window.
import type { Component, Snippet } from 'svelte';
import { createRawSnippet } from 'svelte';
import type { Locale } from '../bindings/Locale';
import { language } from '../i18n/index.svelte';

/** A part and what it is for. The states are the other exports of the file. */
export interface About {
  title: string;
  // Props differ from part to part; a story that passes wrong ones fails when it is drawn.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  component: Component<any>;
  args?: Record<string, unknown>;
  parameters: { about: string };
}

/** A state of a part. */
export interface Story {
  name?: string;
  args?: Record<string, unknown>;
}

/** How the page of a story looks. */
export interface Look {
  theme: 'light' | 'dark';
  contrast: 'normal' | 'more';
  density: 'comfortable' | 'compact';
  locale: Locale;
}

/** Gives the page a look and a language. */
export function dress({ theme, contrast, density, locale }: Look): void {
  Object.assign(document.documentElement.dataset, { theme, contrast, density });
  language.locale = locale;
}

/** Plain words where a part takes content. */
export function text(words: string): Snippet {
  return createRawSnippet(() => ({
    render: () => '<span></span>',
    setup: (node) => {
      node.textContent = words;
    },
  }));
}

/** Does nothing, where a part wants to be told what to do. */
export const ignore = (): void => undefined;

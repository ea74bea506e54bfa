// The whole window over the fake bridge, for tests that do what a person does.
import { cleanup, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach } from 'vitest';
import App from '../App.svelte';
import { language } from '../i18n/index.svelte';
import { createFake, type Scene } from '../ipc/fake';
import { theme } from '../state/theme.svelte';

afterEach(() => {
  cleanup();
  language.locale = 'en';
  theme.choice = 'system';
});

/** Opens the window in a scene. */
export function open(scene: Partial<Scene> = {}) {
  const bridge = createFake(scene);
  render(App, { bridge });
  return { bridge, user: userEvent.setup({ pointerEventsCheck: 0 }) };
}

/** Waits for an element by its test id. */
export const by = (id: string) => screen.findByTestId(id);

/** Waits for an option of the open list by its words. Lists are placed by measuring, which jsdom cannot, so they have no role yet. */
export async function option(words: string): Promise<HTMLElement> {
  return screen.findByText((_, element) => element?.role === 'option' && element.textContent.trim() === words);
}

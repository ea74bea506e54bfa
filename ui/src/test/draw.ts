// One part on its stage, and hands to use it with.
import { render } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import type { Component } from 'svelte';
import Mounted from '../stories/demo/Mounted.svelte';

/** Draws a part with the given properties. */
// Props differ from part to part; what is passed is checked by what is drawn.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function draw(component: Component<any>, args: Record<string, unknown> = {}) {
  const { container } = render(Mounted, { component, args });
  const stage = container.querySelector('main') as HTMLElement;
  return { stage, user: userEvent.setup({ pointerEventsCheck: 0 }) };
}

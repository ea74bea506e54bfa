// The presenter's view over the fake bridge: keys, notes, and what goes to the audience.
import { screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import type { Scene } from '../ipc/present';
import { by, open } from '../test/window';

async function begun() {
  const opened = open();
  const scenes: Scene[] = [];
  vi.spyOn(opened.bridge.desk, 'steer').mockImplementation((scene) => {
    scenes.push(scene);
    return Promise.resolve();
  });
  await by('dashboard-title');
  await opened.user.keyboard('{F5}');
  await waitFor(async () => { expect(await by('show-screen')).toHaveTextContent('1920'); });
  await opened.user.click(await by('show-begin'));
  await by('presenter');
  return { ...opened, scenes, last: () => scenes.at(-1) };
}

describe('the presenter', () => {
  it('steers the audience with keys, and the notes stay here', async () => {
    const { user, last, scenes } = await begun();
    await waitFor(() => { expect(last()?.slide).toBe(0); });
    await user.keyboard('{ArrowRight}');
    await waitFor(() => { expect(last()?.slide).toBe(1); });
    expect(await by('show-notes')).toHaveTextContent('thank Tromsø');
    await user.keyboard('b');
    await waitFor(() => { expect(last()?.cover).toBe('black'); });
    expect(JSON.stringify(scenes)).not.toContain('Tromsø');
  });

  it('keeps the figures it began with, and says that others have come', async () => {
    const { bridge } = await begun();
    const asked = vi.spyOn(bridge.desk, 'present');
    bridge.tell('changed', { seq: 5311 });
    bridge.tell('changed', { seq: 5312 });
    expect(await by('show-held')).toHaveTextContent('2 changes have arrived');
    expect(asked).not.toHaveBeenCalled();
  });

  it('hides the notes when the screen of the audience is gone', async () => {
    const { bridge, user } = await begun();
    await user.keyboard('{ArrowRight}');
    expect(await by('show-notes')).toHaveTextContent('thank Tromsø');
    bridge.tell('screens', [{ id: 'laptop@0,0', width: 1440, height: 900, scale: 1, here: true, audience: false }]);
    await by('show-covered');
    expect(await by('show-notes')).not.toHaveTextContent('thank Tromsø');
    await user.click(screen.getByRole('button', { name: 'Show notes here' }));
    await waitFor(async () => { expect(await by('show-notes')).toHaveTextContent('thank Tromsø'); });
  });

  it('takes the keys of the audience’s window, where the clicker may type', async () => {
    const { bridge, last } = await begun();
    bridge.tell('audience-key', 'PageDown');
    await waitFor(() => { expect(last()?.slide).toBe(1); });
  });

  it('ends with Escape and closes the audience’s window', async () => {
    const { bridge, user } = await begun();
    const ended = vi.spyOn(bridge.desk, 'endShow');
    await user.keyboard('{Escape}');
    await waitFor(() => { expect(screen.queryByTestId('presenter')).not.toBeInTheDocument(); });
    expect(ended).toHaveBeenCalledOnce();
  });
});

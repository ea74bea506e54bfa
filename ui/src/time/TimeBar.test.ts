// The time line over the fake bridge: keys, moments, what the screens are asked as of, and the way back.
import { screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import { Newest } from '../state/newest';
import { by, open } from '../test/window';

async function opened() {
  const window = open();
  await by('dashboard-title');
  const asked = vi.spyOn(window.bridge.desk, 'dashboard');
  await window.user.keyboard('{Alt>}[KeyH]{/Alt}');
  const slider = await by('time-slider');
  slider.focus();
  return { ...window, asked, slider };
}

describe('the time line', () => {
  it('goes from event to event, and every screen with it', async () => {
    const { user, asked, slider } = await opened();
    await user.keyboard('{ArrowLeft}');
    await waitFor(() => { expect(asked).toHaveBeenLastCalledWith(expect.objectContaining({ asOf: 5309 })); });
    expect(await by('time-said')).toHaveTextContent('As of');
    expect(slider).toHaveAttribute('aria-valuenow', '5309');
    await user.keyboard('{ArrowRight}');
    await waitFor(() => { expect(asked).toHaveBeenLastCalledWith(expect.objectContaining({ asOf: null })); });
    expect(await by('time-said')).toHaveTextContent('what is newest');
  });

  it('stops at moments with a name, and says it', async () => {
    const { user, slider } = await opened();
    await user.keyboard('{PageDown}');
    await waitFor(() => { expect(slider.getAttribute('aria-valuetext')).toContain('Approved: Social impact'); });
    await user.keyboard('{PageDown}');
    await waitFor(() => { expect(slider.getAttribute('aria-valuetext')).toContain('End of Q2 2026'); });
    await user.keyboard('{Home}');
    await waitFor(() => { expect(slider).toHaveAttribute('aria-valuenow', '1'); });
    await user.keyboard('{ArrowLeft}');
    expect(slider).toHaveAttribute('aria-valuenow', '1');
  });

  it('compares with now', async () => {
    const { user } = await opened();
    await user.keyboard('{PageDown}');
    await waitFor(async () => { expect(await by('time-compare')).toBeEnabled(); });
    await user.click(await by('time-compare'));
    expect(await screen.findByText('2 figures are different.')).toBeInTheDocument();
    expect(await screen.findByText('+0.27')).toBeInTheDocument();
  });

  it('comes back to now when it is closed', async () => {
    const { user, asked } = await opened();
    await user.keyboard('{Home}');
    await waitFor(() => { expect(asked).toHaveBeenLastCalledWith(expect.objectContaining({ asOf: 1 })); });
    await user.click(await by('time-close'));
    await waitFor(() => { expect(asked).toHaveBeenLastCalledWith(expect.objectContaining({ asOf: null })); });
  });

  it('stays while the language changes', async () => {
    const { user, slider, bridge } = await opened();
    await user.keyboard('{Home}');
    await waitFor(() => { expect(slider).toHaveAttribute('aria-valuenow', '1'); });
    const kept = vi.spyOn(bridge.desk, 'setPreferences');
    await user.keyboard('{Alt>}[KeyT]{/Alt}');
    await waitFor(() => { expect(kept).toHaveBeenCalled(); });
    expect(await by('time-said')).toHaveTextContent('As of');
  });

  it('does not export while an earlier moment is shown', async () => {
    const { user } = await opened();
    await user.keyboard('{Home}');
    await waitFor(async () => { expect(await by('time-said')).toHaveTextContent('As of'); });
    await user.click(await by('nav-reports'));
    for (const button of await screen.findAllByTestId('export-open')) expect(button).toBeDisabled();
  });
});

describe('the newest question', () => {
  it('waits for the one that runs, and drops those between', async () => {
    const questions = new Newest();
    const asked: number[] = [];
    const heard: number[] = [];
    let answer: (() => void) | undefined;
    const question = (number: number) => () => {
      asked.push(number);
      return new Promise<number>((resolve) => { answer = () => { resolve(number); }; });
    };
    for (const number of [1, 2, 3]) questions.ask(question(number), (value) => { heard.push(value); });
    answer?.();
    await waitFor(() => { expect(asked).toEqual([1, 3]); });
    answer?.();
    await waitFor(() => { expect(heard).toEqual([1, 3]); });
  });

  it('goes on after a failure, and is silent when nobody listens', async () => {
    const questions = new Newest();
    const heard: string[] = [];
    questions.ask(() => Promise.reject(new Error('no')), () => { heard.push('wrong'); });
    questions.ask(() => Promise.resolve('right'), (value) => { heard.push(value); });
    await waitFor(() => { expect(heard).toEqual(['right']); });
    questions.ask(() => Promise.resolve('late'), (value) => { heard.push(value); });
    questions.forget();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(heard).toEqual(['right']);
  });
});

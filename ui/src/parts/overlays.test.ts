// Parts that lie over others: they take the focus, keep it, and give it back.
import { cleanup, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import OpenPopover from '../stories/demo/OpenPopover.svelte';
import OpenTip from '../stories/demo/OpenTip.svelte';
import SomeSheet from '../stories/demo/SomeSheet.svelte';
import { draw } from '../test/draw';
import Confirm from './Confirm.svelte';
import Palette from './Palette.svelte';

afterEach(cleanup);

describe('Confirm', () => {
  const args = { open: true, title: 'Sign out?', words: 'The copy is removed.', action: 'Sign out', danger: true, testid: 'sure' };

  it('puts the focus on the safe answer, and Escape is that answer', async () => {
    const [onconfirm, onclose] = [vi.fn(), vi.fn()];
    const { user } = draw(Confirm, { ...args, onconfirm, onclose });
    const dialog = await screen.findByRole('alertdialog', { name: 'Sign out?' });
    expect(dialog).toHaveAccessibleDescription('The copy is removed.');
    await waitFor(() => { expect(document.activeElement).toHaveTextContent('Cancel'); });
    await user.keyboard('{Escape}');
    expect(onclose).toHaveBeenCalled();
    expect(onconfirm).not.toHaveBeenCalled();
  });

  it('does it when told so', async () => {
    const onconfirm = vi.fn();
    const { user } = draw(Confirm, { ...args, onconfirm, onclose: () => undefined });
    await user.click(await screen.findByTestId('sure-yes'));
    expect(onconfirm).toHaveBeenCalledOnce();
  });
});

describe('Palette', () => {
  const groups = (onselect: () => void) => [
    { title: 'Go to', entries: [{ id: 'a', words: 'Impact overview', onselect }, { id: 'b', words: 'Reports', also: ['Eksportér'], onselect }] },
    { title: 'Do', entries: [{ id: 'c', words: 'Lock Boardroom', onselect }] },
  ];
  const shown = () => screen.queryAllByTestId('palette-item').map((item) => item.querySelector('.words')?.textContent);

  it('finds by the beginnings of words, in any order, without marks', async () => {
    const { user } = draw(Palette, { open: true, groups: groups(() => undefined), onclose: () => undefined });
    const input = await screen.findByTestId('palette-input');
    expect(shown()).toEqual(['Impact overview', 'Reports', 'Lock Boardroom']);
    await user.type(input, 'over imp');
    await waitFor(() => { expect(shown()).toEqual(['Impact overview']); });
    await user.clear(input);
    await user.type(input, 'eksporter');
    await waitFor(() => { expect(shown()).toEqual(['Reports']); });
    await user.clear(input);
    await user.type(input, '(.*)+$ \\');
    await waitFor(() => { expect(shown()).toEqual([]); });
    expect(screen.getByText('Nothing is called “(.*)+$ \\”.')).toBeInTheDocument();
  });

  it('goes round with arrow keys; Enter chooses and closes', async () => {
    const [onselect, onclose] = [vi.fn(), vi.fn()];
    const { user } = draw(Palette, { open: true, groups: groups(onselect), onclose });
    const input = await screen.findByTestId('palette-input');
    input.focus();
    await user.keyboard('{ArrowUp}');
    const current = document.getElementById(input.getAttribute('aria-activedescendant') ?? '');
    expect(current).toHaveTextContent('Lock Boardroom');
    expect(current).toHaveAttribute('aria-selected', 'true');
    await user.keyboard('{ArrowDown}{ArrowDown}{Enter}');
    expect(onclose).toHaveBeenCalledOnce();
    expect(onselect).toHaveBeenCalledOnce();
  });

  it('chooses by pointer', async () => {
    const onselect = vi.fn();
    const { user } = draw(Palette, { open: true, groups: groups(onselect), onclose: () => undefined });
    await user.click((await screen.findAllByTestId('palette-item'))[1] as HTMLElement);
    expect(onselect).toHaveBeenCalledOnce();
  });
});

describe('Popover', () => {
  it('opens at a press, holds controls, and gives the focus back', async () => {
    const { user } = draw(OpenPopover);
    const trigger = screen.getByRole('button', { name: /^Lineage/ });
    await user.click(trigger);
    await user.click(await screen.findByText('Done'));
    await waitFor(() => { expect(screen.queryByText('Done')).not.toBeInTheDocument(); });
    expect(trigger).toHaveAttribute('aria-expanded', 'false');
  });
});

describe('Sheet', () => {
  it('is named, described, and takes the focus', async () => {
    draw(SomeSheet);
    const dialog = await screen.findByRole('dialog', { name: 'Export a pack' });
    expect(dialog).toHaveAccessibleDescription('Quarterly impact report, Q3 2026');
    await waitFor(() => { expect(dialog).toContainElement(document.activeElement as HTMLElement); });
    expect(within(dialog).getByRole('button', { name: 'Close' })).toBeInTheDocument();
  });
});

describe('Tip', () => {
  it('appears for the keyboard as for the pointer, and is not the name of the button', async () => {
    const { user } = draw(OpenTip, { keys: ['Alt', 'T'] });
    await user.tab();
    await waitFor(() => { expect(document.querySelector('.tip')).toHaveTextContent('Switch to dark'); });
    expect(screen.getByRole('button')).toHaveAccessibleName('Switch to dark');
  });
});

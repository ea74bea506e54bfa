// Parts that do something when pressed.
import { cleanup, screen, waitFor } from '@testing-library/svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import SomeToolbar from '../stories/demo/SomeToolbar.svelte';
import OpenMenu from '../stories/demo/OpenMenu.svelte';
import { text } from '../stories/story';
import { draw } from '../test/draw';
import Button from './Button.svelte';
import CopyButton from './CopyButton.svelte';
import SplitButton from './SplitButton.svelte';

afterEach(cleanup);

describe('Button', () => {
  it('is pressed by pointer, Enter and Space', async () => {
    const onclick = vi.fn();
    const { user } = draw(Button, { children: text('Export'), onclick });
    const button = screen.getByRole('button', { name: 'Export' });
    await user.click(button);
    button.focus();
    await user.keyboard('{Enter} ');
    expect(onclick).toHaveBeenCalledTimes(3);
    expect(button).toHaveAttribute('type', 'button');
  });

  it('does nothing while busy, and says that it is', async () => {
    const onclick = vi.fn();
    const { user } = draw(Button, { children: text('Export'), busy: true, onclick });
    const button = screen.getByRole('button', { name: 'Export' });
    await user.click(button);
    expect(onclick).not.toHaveBeenCalled();
    expect(button).toHaveAttribute('aria-busy', 'true');
  });

  it.each(['primary', 'secondary', 'quiet', 'danger'])('has the look %s', (look) => {
    draw(Button, { children: text('Go'), look });
    expect(screen.getByRole('button')).toHaveClass(look);
  });
});

describe('CopyButton', () => {
  it('puts the text on the clipboard and says so', async () => {
    const { user } = draw(CopyButton, { what: '3.42:1', label: 'Copy citation' });
    await user.click(screen.getByRole('button'));
    expect(await navigator.clipboard.readText()).toBe('3.42:1');
    expect(screen.getByRole('button')).toHaveTextContent('Copied');
  });

  it('puts a picture there that is still being made, and says where that did not work', async () => {
    vi.stubGlobal('ClipboardItem', class { constructor(readonly parts: Record<string, Promise<Blob>>) {} });
    const png = new Blob(['picture'], { type: 'image/png' });
    const { user } = draw(CopyButton, { what: () => Promise.resolve(png), label: 'Copy as a picture', bare: true });
    const write = vi.spyOn(navigator.clipboard, 'write').mockResolvedValueOnce().mockRejectedValueOnce(new DOMException('No.', 'NotAllowedError'));
    await user.click(screen.getByRole('button', { name: 'Copy as a picture' }));
    await user.click(await screen.findByRole('button', { name: 'Copied' }));
    expect(await screen.findByRole('button', { name: 'Copying did not work' })).toHaveAttribute('data-outcome', 'failed');
    const [item] = (write.mock.calls[0]?.[0] ?? []) as unknown as [{ parts: Record<string, Promise<Blob>> }];
    expect(await item.parts['image/png']).toBe(png);
  });
});

describe('Menu', () => {
  it('opens by keyboard, walks with arrows, and leaves out what is disabled', async () => {
    const { user } = draw(OpenMenu);
    screen.getByRole('button', { name: 'More' }).focus();
    await user.keyboard('{Enter}');
    const items = await screen.findAllByRole('menuitem', { hidden: true });
    expect(items.map((item) => item.querySelector('.words')?.textContent)).toEqual(['Copy as picture', 'Copy as table', 'Annotate', 'Remove from the dashboard']);
    expect(items[2]).toHaveAttribute('aria-disabled', 'true');
    await user.keyboard('{ArrowDown}');
    await waitFor(() => { expect(items.some((item) => item.hasAttribute('data-highlighted'))).toBe(true); });
    await user.keyboard('{Escape}');
    await waitFor(() => { expect(screen.queryByRole('menuitem', { hidden: true })).not.toBeInTheDocument(); });
  });
});

describe('SplitButton', () => {
  it('does the first thing at once, and the others from its list', async () => {
    const [first, second] = [vi.fn(), vi.fn()];
    const { user } = draw(SplitButton, { words: 'Export', more: 'More formats', onclick: first, items: [{ words: 'PDF only', testid: 'pdf', onselect: second }] });
    await user.click(screen.getByRole('button', { name: 'Export' }));
    expect(first).toHaveBeenCalledOnce();
    screen.getByRole('button', { name: 'More formats' }).focus();
    await user.keyboard('{Enter}');
    await user.click(await screen.findByTestId('pdf'));
    expect(second).toHaveBeenCalledOnce();
    expect(first).toHaveBeenCalledOnce();
  });
});

describe('Toolbar', () => {
  it('is one stop for Tab; arrow keys go round', async () => {
    const { user } = draw(SomeToolbar);
    const stops = () => screen.getAllByRole('button').filter((button) => button.tabIndex === 0 && button.matches(':enabled')).map((button) => button.getAttribute('aria-label'));
    await waitFor(() => { expect(stops()).toEqual(['Bold']); });
    await user.tab();
    await user.keyboard('{ArrowRight}');
    expect(document.activeElement).toHaveAttribute('aria-label', 'Italic');
    expect(stops()).toEqual(['Italic']);
    await user.keyboard('{ArrowLeft}{ArrowLeft}');
    expect(document.activeElement).toHaveAttribute('aria-label', 'Citation');
    await user.keyboard('{Home}');
    expect(document.activeElement).toHaveAttribute('aria-label', 'Bold');
  });
});

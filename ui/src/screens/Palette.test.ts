// The command palette and the keys over the whole window.
import { screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import { by, open } from '../test/window';

const lines = () => screen.queryAllByTestId('palette-item').map((item) => item.querySelector('.words')?.textContent);

describe('the palette', () => {
  it('opens with Ctrl+K in any layout of the keyboard, and leads to a screen', async () => {
    const { user } = open();
    await by('dashboard-title');
    await user.keyboard('{Control>}[KeyK]{/Control}');
    await user.type(await by('palette-input'), 'rep');
    await waitFor(() => { expect(lines()).toEqual(['Reports']); });
    await user.keyboard('{Enter}');
    expect(await screen.findByRole('heading', { level: 1, name: 'Reports' })).toBeInTheDocument();
    await waitFor(() => { expect(screen.queryByTestId('palette')).not.toBeInTheDocument(); });
  });

  it('offers every screen, the other companies and what can be done, and nothing else', async () => {
    const { user } = open();
    await by('dashboard-title');
    await user.click(await by('palette-open'));
    await by('palette');
    expect(lines()).toEqual([
      'Impact overview', 'Social value', 'People and participation', 'Present', 'Time travel', 'Reports', 'What is new', 'Notes', 'Meeting check', 'Verify a pack', 'Settings', 'Changes from this device',
      'Fjordlys Marine AS', 'Fjordlys Energi AS',
      'Switch to dark', 'Language: Norsk bokmål', 'Language: Українська',
      'Connect to the server now', 'Keyboard shortcuts', 'Lock Boardroom',
    ]);
  });

  it('does what it says: language, company, lock', async () => {
    const { user, bridge } = open();
    const [prefer, choose, lock] = [vi.spyOn(bridge.desk, 'setPreferences'), vi.spyOn(bridge.desk, 'chooseTenant'), vi.spyOn(bridge.desk, 'lock')];
    await by('dashboard-title');
    const run = async (words: string) => {
      await user.keyboard('{Control>}[KeyK]{/Control}');
      await user.type(await by('palette-input'), words);
      await user.keyboard('{Enter}');
      await waitFor(() => { expect(screen.queryByTestId('palette')).not.toBeInTheDocument(); });
    };
    await run('marine');
    await waitFor(() => { expect(choose).toHaveBeenCalledExactlyOnceWith('t-marine'); });
    await run('norsk');
    await waitFor(() => { expect(prefer).toHaveBeenCalledWith({ locale: 'nb', theme: 'system' }); });
    await run('lås');
    await waitFor(() => { expect(lock).toHaveBeenCalledOnce(); });
    expect(await by('unlock')).toBeInTheDocument();
  });
});

describe('the window', () => {
  it('opens the changes of this device by key and by the count, which is always there', async () => {
    const { user } = open({ sync: 'offline' });
    await waitFor(async () => { expect(await by('unsent')).toHaveAttribute('data-count', '2'); });
    await user.click(await by('unsent'));
    expect(await screen.findAllByTestId('outbox-pending')).toHaveLength(2);
    await user.keyboard('{Escape}');
    await waitFor(() => { expect(screen.queryByTestId('outbox')).not.toBeInTheDocument(); });
    await user.keyboard('{Alt>}[KeyO]{/Alt}');
    expect(await by('outbox')).toBeInTheDocument();
  });

  it('lists every key that it hears', async () => {
    const { user } = open();
    await by('dashboard-title');
    await user.keyboard('{F1}');
    const sheet = within(await by('shortcuts'));
    const keys = sheet.getAllByRole('definition').map((entry) => [...entry.querySelectorAll('kbd')].map(({ textContent }) => textContent).join('+'));
    expect(keys).toEqual(expect.arrayContaining(['Ctrl+K', 'Ctrl+1–9', 'Alt+R', 'Alt+V', 'Alt+S', 'Alt+O', 'Alt+T', 'Alt+L', '?+F1', 'Esc']));
  });

  it('says in sight that connecting failed', async () => {
    const { user } = open({ fails: 'retry_sync' });
    await user.click(await screen.findByText('Live'));
    await user.click(await screen.findByText('Connect now'));
    expect(await by('notice')).toHaveTextContent('Connecting did not work');
  });

  it('keeps the rest of a dashboard when a tile breaks', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const { bridge } = open({ delay: 5 });
    const whole = bridge.desk.dashboard.bind(bridge.desk);
    vi.spyOn(bridge.desk, 'dashboard').mockImplementation(async (question) => {
      const view = await whole(question);
      const [first] = view.tiles;
      if (first?.kind === 'kpi') first.card.spark = null as unknown as number[];
      return view;
    });
    expect(await by('broken')).toHaveTextContent('window.unexpected');
    expect(screen.getAllByTestId('kpi-card')).toHaveLength(7);
  });

  it('goes straight to the content, the navigation and the connection', async () => {
    const { user } = open();
    await by('dashboard-title');
    const follow = async (name: string) => {
      await user.click(screen.getByRole('button', { name }));
      return document.activeElement;
    };
    expect(await follow('Go to the navigation')).toHaveAttribute('id', 'navigation');
    expect(await follow('Go to the connection')).toHaveClass('badge-trigger');
  });
});

describe('leaving', () => {
  it('is asked about once more, and can be thought better of', async () => {
    const { user, bridge } = open();
    const signOut = vi.spyOn(bridge.desk, 'signOut');
    await user.click(await by('nav-settings'));
    await user.click(await by('sign-out'));
    await user.keyboard('{Escape}');
    await waitFor(() => { expect(screen.queryByTestId('sign-out-sure')).not.toBeInTheDocument(); });
    expect(signOut).not.toHaveBeenCalled();
    await user.click(await by('sign-out'));
    await user.click(await by('sign-out-sure-yes'));
    expect(await by('sign-in-submit')).toBeInTheDocument();
  });
});

// The frame: connection, companies, preferences, keys, and what holds on every screen.
import axe from 'axe-core';
import { screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import { by, open, option } from '../test/window';

describe('the connection', () => {
  it.each([
    [{ sync: 'live' }, 'live', 'Live'],
    [{ sync: 'catching_up' }, 'catching_up', 'Catching up: 1,204 of 5,310'],
    [{ sync: 'offline', silent: 12 }, 'offline', 'Offline since'],
    [{ sync: 'refused' }, 'refused', 'Refused'],
    [{ sync: 'sign_in_needed' }, 'sign_in_needed', 'Sign-in needed'],
  ] as const)('%o', async (scene, state, words) => {
    open(scene);
    const badge = await by('connection-badge');
    await waitFor(() => {
      expect(badge).toHaveAttribute('data-state', state);
    });
    expect(badge).toHaveTextContent(words);
  });

  it('tells how far the history is', async () => {
    const { user } = open({ sync: 'catching_up' });
    await user.click(within(await by('connection-badge')).getByRole('button'));
    expect(await by('fetching')).toHaveTextContent('Fetching history for time travel: 1,204 of 5,310 events');
  });

  it('says how old the copy is, and warns when it may be out of date', async () => {
    open({ sync: 'offline', silent: 12 });
    expect(await by('banner-stale')).toHaveTextContent('12 minutes ago');
    expect(await by('connection-badge')).toHaveTextContent('Last updated 12 minutes ago');
  });

  it('does not warn about a fresh copy', async () => {
    open({ silent: 1 });
    await screen.findByText('Last updated 1 minute ago');
    expect(screen.queryByTestId('banner-stale')).not.toBeInTheDocument();
  });

  it('follows the core and announces it', async () => {
    const { bridge } = open();
    await by('dashboard-title');
    bridge.tell('sync', { ...(await bridge.desk.syncState()), state: 'refused', detail: 'Wiped.', code: 'sync.device_revoked' });
    expect(await by('banner-refused')).toHaveTextContent('Wiped. (sync.device_revoked)');
    expect(await by('live')).toHaveTextContent('Refused');
  });

  it('offers a new copy where the server has another history, and only there', async () => {
    const { bridge, user } = open();
    await by('dashboard-title');
    const badge = within(await by('connection-badge'));
    await user.click(badge.getByRole('button'));
    expect(screen.queryByTestId('copy-anew')).not.toBeInTheDocument();
    bridge.tell('sync', { ...(await bridge.desk.syncState()), state: 'refused', detail: 'It does not continue.', code: 'sync.chain' });
    await user.click(await by('copy-anew'));
    await waitFor(() => {
      expect(screen.queryByTestId('copy-anew')).not.toBeInTheDocument();
    });
    expect(await by('connection-badge')).toHaveAttribute('data-state', 'catching_up');
  });

  it('lets a person sign in again without leaving the figures', async () => {
    const { user } = open({ sync: 'sign_in_needed' });
    await user.click(within(await by('banner-sign-in')).getByRole('button', { name: 'Sign in' }));
    expect(await by('sign-in-server')).toHaveValue('https://board.fjordlys.example');
    expect(screen.getByTestId('dashboard-title')).toBeInTheDocument();
  });
});

describe('changes of this device', () => {
  it('brings a refusal to the eye with its reason, until it was seen', async () => {
    const { user, bridge } = open({ refused: true });
    await user.click(within(await by('banner-not-sent')).getByRole('button', { name: 'See why' }));
    const refused = await by('outbox-refused');
    expect(refused).toHaveTextContent('the report has changed since: it is now version 3, draft (command.conflict)');
    await user.click(within(refused).getByRole('button', { name: 'I have seen it' }));
    expect(await screen.findByText('Nothing waits')).toBeInTheDocument();
    bridge.tell('sync', await bridge.desk.syncState());
    await waitFor(() => {
      expect(screen.queryByTestId('banner-not-sent')).not.toBeInTheDocument();
    });
  });

  it('lists what waits, what was sent, and what will hardly be taken', async () => {
    const { user } = open({ sync: 'offline' });
    await user.click(within(await by('connection-badge')).getByRole('button'));
    await user.click(await by('outbox-open'));
    const [sent, waits] = await screen.findAllByTestId('outbox-pending');
    expect(sent).toHaveTextContent('Sent');
    expect(waits).toHaveTextContent('Likely to be refused: your role does not allow this');
    expect((await axe.run(await by('outbox'))).violations).toEqual([]);
  });

  it('says when the app is too old', async () => {
    open({ sync: 'upgrade_needed' });
    expect(await by('banner-upgrade')).toHaveTextContent('needs a newer version');
  });
});

describe('another company', () => {
  it('replaces everything that belonged to the first one', async () => {
    const { user, bridge } = open();
    await by('dashboard-title');
    const asked = vi.spyOn(bridge.desk, 'dashboard');
    await user.click(await by('tenant-switch'));
    await user.click(await option('Fjordlys Marine AS'));
    await waitFor(() => {
      expect(asked).toHaveBeenCalledWith({ id: 'overview', period: null, programme: null, asOf: null });
    });
    expect(await by('tenant-switch')).toHaveTextContent('Fjordlys Marine AS');
  });
});

describe('preferences', () => {
  it('change the language of everything at once', async () => {
    const { user, bridge } = open();
    const kept = vi.spyOn(bridge.desk, 'setPreferences');
    await user.click(await by('nav-settings'));
    await user.click(await screen.findByRole('radio', { name: 'Українська' }));
    expect(await screen.findByRole('heading', { level: 1, name: 'Налаштування' })).toBeInTheDocument();
    expect(document.documentElement.lang).toBe('uk');
    expect(kept).toHaveBeenCalledWith({ locale: 'uk', theme: 'system' });
    expect(await screen.findByText('Огляд впливу')).toBeInTheDocument();
  });

  it('change the ground at once', async () => {
    const { user } = open({ theme: 'light' });
    await user.click(await by('theme-toggle'));
    await waitFor(() => {
      expect(document.documentElement.dataset.theme).toBe('dark');
    });
  });
});

describe('the keyboard', () => {
  it('reaches every screen', async () => {
    const { user } = open();
    await by('dashboard-title');
    await user.keyboard('{Alt>}{KeyR}{/Alt}'.replace('{KeyR}', '[KeyR]'));
    expect(await screen.findByRole('heading', { level: 1, name: 'Reports' })).toBeInTheDocument();
    await user.keyboard('{Control>}[Digit2]{/Control}');
    expect(await screen.findByRole('heading', { level: 1, name: 'Social value' })).toBeInTheDocument();
    await user.keyboard('?');
    expect(await by('shortcuts')).toHaveTextContent('Show this help');
  });

  it('skips to the content first of all', async () => {
    const { user } = open();
    await by('dashboard-title');
    await user.tab();
    expect(screen.getByRole('button', { name: 'Skip to content' })).toHaveFocus();
    await user.keyboard('{Enter}');
    expect(screen.getByRole('main')).toHaveFocus();
  });

  it('locks', async () => {
    const { user } = open();
    await by('dashboard-title');
    await user.keyboard('{Alt>}[KeyL]{/Alt}');
    expect(await by('unlock')).toBeInTheDocument();
  });
});

describe('a screen that fails', () => {
  it('leaves a code, details to copy and a way back', async () => {
    const { bridge, user } = open();
    const honest = bridge.desk.reports;
    vi.spyOn(bridge.desk, 'reports').mockResolvedValueOnce([null] as never);
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    await user.click(await by('nav-reports'));
    expect(await by('fault')).toHaveAttribute('data-code', 'window.unexpected');
    vi.spyOn(bridge.desk, 'reports').mockImplementation(honest);
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findAllByTestId('report')).toHaveLength(4);
  });
});

describe('accessibility', () => {
  const audit = async () => {
    // Colours and layout need a real browser; the rest holds here too.
    const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  };

  it.each(['signed_out', 'locked', 'open'] as const)('no violation when %s', async (state) => {
    open({ state });
    await by(state === 'open' ? 'dashboard-title' : state === 'locked' ? 'unlock' : 'sign-in-submit');
    expect(await audit()).toEqual([]);
  });

  it.each(['nav-reports', 'nav-verify', 'nav-settings'])('no violation behind %s', async (item) => {
    const { user } = open();
    await user.click(await by(item));
    await screen.findByRole('heading', { level: 1 });
    expect(await audit()).toEqual([]);
  });
});

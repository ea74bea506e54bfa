// Notes, the meeting check, the settings of company and device, and the lock of a window that nobody uses.
import { waitFor, within } from '@testing-library/svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { whenIdle } from '../state/idle';
import { placeOf, remember } from '../state/place';
import { by, open } from '../test/window';

describe('notes', () => {
  it('stand with their place, and those without one in the tray', async () => {
    const { user } = open();
    await user.click(await by('nav-notes'));
    await waitFor(() => { expect(document.querySelectorAll('[data-testid=note]')).toHaveLength(3); });
    const tray = within(await by('tray'));
    expect(tray.getByText('two new cafés in the spring')).toBeInTheDocument();
    expect(document.querySelector('[data-standing=changed]')).toHaveTextContent('The words changed');
  });

  it('are changed and removed by their author only', async () => {
    const { user, bridge } = open();
    const [write, remove] = [vi.spyOn(bridge.desk, 'writeNote'), vi.spyOn(bridge.desk, 'removeNote')];
    await user.click(await by('nav-notes'));
    await waitFor(() => { expect(document.querySelectorAll('[data-testid=note-change]')).toHaveLength(2); });
    await user.click(document.querySelector('[data-testid=note-change]') as HTMLElement);
    const text = await by('note-text');
    await user.clear(text);
    await user.type(text, 'Ask again.');
    await user.click(await by('note-save'));
    expect(write).toHaveBeenCalledWith(expect.objectContaining({ id: 'n-1', figure: 'sroi/2026-Q3/all', text: 'Ask again.' }));
    await waitFor(() => { expect(document.querySelector('[data-testid=note-sheet]')).toBeNull(); });
    await user.click(document.querySelector('[data-testid=note-remove]') as HTMLElement);
    await user.click(within(await by('note-remove-sure')).getByRole('button', { name: 'Remove' }));
    await waitFor(() => { expect(remove).toHaveBeenCalledOnce(); });
  });

  it('are written beside a figure', async () => {
    const { user, bridge } = open();
    const write = vi.spyOn(bridge.desk, 'writeNote');
    await user.click(await waitFor(() => document.querySelector<HTMLElement>('[data-testid=kpi-card] button') ?? Promise.reject(new Error('no card'))));
    await user.click(await by('note-on-figure'));
    await user.type(await by('note-text'), 'Why?');
    await user.click(await by('note-save'));
    expect(write).toHaveBeenCalledWith({ id: null, figure: 'fig-sroi-2026-Q3', report: null, section: null, quote: null, text: 'Why?', shared: false });
  });
});

describe('the meeting check', () => {
  it('shows each line with what to do, and the result', async () => {
    const { user } = open();
    await user.click(await by('nav-ready'));
    await user.click(await by('ready-check'));
    expect(await by('ready-result')).toHaveTextContent('Ready for the meeting');
    expect(document.querySelector('[data-code=screens]')).toHaveAttribute('data-state', 'warned');
    expect(document.querySelector('[data-code=screens]')).toHaveTextContent('Connect the projector');
  });

  it('says why it could not be done', async () => {
    const { user } = open({ fails: 'check_ready' });
    await user.click(await by('nav-ready'));
    await user.click(await by('ready-check'));
    expect(await by('fault')).toHaveAttribute('data-code', 'wire.unreachable');
  });
});

describe('the company', () => {
  it('is taken out of benchmarks after one more question, and what waits is said', async () => {
    const { user, bridge } = open();
    const set = vi.spyOn(bridge.desk, 'setBenchmarkConsent');
    await user.click(await by('nav-settings'));
    expect(await by('company')).toHaveTextContent('Fjordlys Group takes part');
    await user.click(await by('consent'));
    expect(await by('consent-sure')).toHaveTextContent('the figures of Fjordlys Group are no longer counted');
    expect(set).not.toHaveBeenCalled();
    await user.click(within(await by('consent-sure')).getByRole('button', { name: 'Stop taking part' }));
    expect(set.mock.calls).toEqual([[false]]);
    expect(await by('company')).toHaveTextContent('That it stops waits for the server.');
    await waitFor(() => { expect(document.querySelector('[data-testid=consent-sure]')).toBeNull(); });
    expect(await by('consent')).toHaveTextContent('Take part');
  });

  it('shows what holds to those who may not change it', async () => {
    const { user, bridge } = open();
    vi.spyOn(bridge.desk, 'benchmarkConsent').mockResolvedValue({ takesPart: false, waiting: null, mayChange: false });
    await user.click(await by('nav-settings'));
    expect(await by('company')).toHaveTextContent('does not take part');
    expect(await by('company')).toHaveTextContent('An administrator settles this.');
    expect(document.querySelector('[data-testid=consent]')).toBeNull();
  });

  it('says why a choice was refused', async () => {
    const { user, bridge } = open();
    vi.spyOn(bridge.desk, 'setBenchmarkConsent').mockRejectedValue({ code: 'command.refused', message: 'No.', detail: '' });
    await user.click(await by('nav-settings'));
    await user.click(await by('consent'));
    await user.click(within(await by('consent-sure')).getByRole('button', { name: 'Stop taking part' }));
    expect(await by('fault')).toHaveAttribute('data-code', 'command.refused');
    expect(await by('company')).toHaveTextContent('takes part');
  });
});

describe('the device', () => {
  it('says which policy is in force and who set it, and shows diagnostics before it saves them', async () => {
    const { user, bridge } = open();
    const save = vi.spyOn(bridge.desk, 'saveDiagnostics');
    await user.click(await by('nav-settings'));
    expect(await by('policy')).toHaveTextContent('Set by Fjordlys IT');
    expect(await by('policy')).toHaveTextContent('168 hours');
    await user.click(await by('diagnostics'));
    expect(await by('diagnostics-sheet')).toHaveTextContent('"state": "live"');
    expect(save).not.toHaveBeenCalled();
    await user.click(await by('diagnostics-save'));
    await waitFor(() => { expect(document.querySelector('[data-testid=diagnostics-sheet]')).toHaveTextContent('boardroom-diagnostics_2026-11-26.json'); });
  });

  it('locks itself when the core says so', async () => {
    const { bridge } = open();
    await by('dashboard-title');
    await bridge.desk.lock();
    bridge.tell('locked', null);
    expect(await by('unlock')).toBeInTheDocument();
  });
});

describe('an unused window', () => {
  afterEach(() => { vi.useRealTimers(); });

  it('is noticed once, and any use begins the time anew', () => {
    vi.useFakeTimers();
    const idle = vi.fn();
    const stop = whenIdle(() => 60_000, idle);
    vi.advanceTimersByTime(50_000);
    window.dispatchEvent(new Event('keydown'));
    vi.advanceTimersByTime(50_000);
    expect(idle).not.toHaveBeenCalled();
    vi.advanceTimersByTime(20_000);
    expect(idle).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(600_000);
    expect(idle).toHaveBeenCalledOnce();
    stop();
  });
});

describe('the last place', () => {
  it('is remembered for each company, and anything else in the storage is not a place', () => {
    remember('t-1', { screen: 'report', id: 'r-1', edit: true });
    remember('t-2', { screen: 'verify', path: '/tmp/a.pdf' });
    expect(placeOf('t-1')).toEqual({ screen: 'report', id: 'r-1', edit: false });
    expect(placeOf('t-2')).toBeNull();
    for (const text of ['{', '7', '{"screen":"nowhere"}', '{"screen":"report"}']) {
      localStorage.setItem('boardroom.place/t-3', text);
      expect(placeOf('t-3')).toBeNull();
    }
  });
});

describe('what is new', () => {
  it('is counted at the side, listed, and seen once it was left', async () => {
    const { user } = open();
    expect(await by('fresh')).toHaveTextContent('1');
    await user.click(await by('nav-news'));
    await waitFor(() => { expect(document.querySelectorAll('[data-testid=news-entry]')).toHaveLength(2); });
    await user.click(document.querySelector('[data-testid=news-entry]') as HTMLElement);
    await waitFor(() => { expect(document.querySelector('h1')).toHaveTextContent('Quarterly impact report'); });
    await waitFor(() => { expect(document.querySelector('[data-testid=fresh]')).toBeNull(); });
  });

  it('links go to their company and place', async () => {
    const { bridge } = open();
    await by('dashboard-title');
    const choose = vi.spyOn(bridge.desk, 'chooseTenant');
    vi.spyOn(bridge.desk, 'openedLink').mockResolvedValueOnce({ tenant: 't-marine', screen: 'notes', id: null });
    bridge.tell('opened', null);
    await waitFor(() => { expect(document.querySelector('h1')).toHaveTextContent('Notes'); });
    expect(choose).toHaveBeenCalledWith('t-marine');
  });
});

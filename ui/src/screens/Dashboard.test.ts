// Dashboards and the figures on them.
import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import { theme } from '../state/theme.svelte';
import { by, open } from '../test/window';

describe('a dashboard', () => {
  it('shows figures, charts and evidence in order, with a reason where a figure is withheld', async () => {
    open();
    const cards = await screen.findAllByTestId('kpi-card');
    expect(cards).toHaveLength(8);
    expect(cards[0]).toHaveTextContent('3.42:1');
    expect(cards[0]).toHaveTextContent('Improving');
    expect(cards[7]).toHaveTextContent('Withheld: fewer than 10 people');
    expect(screen.getAllByTestId('evidence-item')).toHaveLength(3);
    expect(screen.getByText('Nothing was measured in this period.')).toBeInTheDocument();
  });

  it('draws charts at their size and swaps the picture only when the next one is there', async () => {
    const { bridge } = open();
    const chart = vi.spyOn(bridge, 'chart');
    const first = (await screen.findAllByTestId('chart-img'))[0] as HTMLImageElement;
    expect(chart).toHaveBeenCalledWith(expect.objectContaining({ width: 640, height: 288, mode: 'light', period: '2026-Q3', seq: 5310 }));
    await fireEvent.load(first);
    expect(first).toHaveAttribute('data-loaded', 'true');
    const before = first.src;

    theme.choice = 'dark';
    const box = first.parentElement as HTMLElement;
    await waitFor(() => {
      expect(within(box).getAllByTestId('chart-img')).toHaveLength(2);
    });
    const [old, next] = within(box).getAllByTestId('chart-img') as [HTMLImageElement, HTMLImageElement];
    expect(old.src).toBe(before);
    expect(next).toHaveAttribute('data-loaded', 'false');
    await fireEvent.load(next);
    expect(within(box).getAllByTestId('chart-img')).toEqual([next]);
    expect(next).toHaveAttribute('alt', expect.stringContaining('Mentoring leads'));
  });

  it('asks where the values of a chart lie when somebody stands on it, and once', async () => {
    const { bridge } = open();
    const asked = vi.spyOn(bridge.desk, 'chartHits');
    const [chart] = await screen.findAllByTestId('chart-walk');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(asked).not.toHaveBeenCalled();
    chart?.focus();
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('gives the same data as a table', async () => {
    const { user } = open();
    await user.click((await screen.findAllByTestId('chart-table'))[0] as HTMLElement);
    const table = await screen.findByRole('table', { name: 'Participants by programme' });
    expect(within(table).getAllByRole('row')).toHaveLength(5);
    expect(within(table).getByRole('rowheader', { name: 'Q3 2026' })).toBeInTheDocument();
  });

  it('asks again for another period', async () => {
    const { user, bridge } = open();
    const asked = vi.spyOn(bridge.desk, 'dashboard');
    await user.click(await by('period'));
    await user.click((await screen.findAllByTestId('period-option')).find(({ textContent }) => textContent === 'Q2 2026') as HTMLElement);
    await waitFor(() => {
      expect(asked).toHaveBeenLastCalledWith({ id: 'overview', period: '2026-Q2', programme: null, asOf: null });
    });
  });

  it('is read again and announced when the data has changed', async () => {
    const { bridge } = open();
    await by('dashboard-title');
    const asked = vi.spyOn(bridge.desk, 'dashboard');
    for (let seq = 5311; seq < 5350; seq += 1) bridge.tell('changed', { seq });
    await waitFor(() => {
      expect(asked).toHaveBeenCalled();
    });
    expect(asked).toHaveBeenCalledOnce();
    expect(await by('live')).toHaveTextContent('New figures have arrived');
  });

  it('says so when it is empty', async () => {
    const { user } = open();
    await user.click((await screen.findAllByTestId('nav-dashboard'))[2] as HTMLElement);
    expect(await screen.findByText('An empty dashboard')).toBeInTheDocument();
  });

  it('keeps its code in view when it cannot be read', async () => {
    open({ fails: 'dashboard' });
    expect(await by('fault')).toHaveAttribute('data-code', 'wire.unreachable');
  });
});

describe('a figure', () => {
  it('explains itself and says that it was recomputed here', async () => {
    const { user } = open();
    await user.click(await screen.findByRole('button', { name: 'Social return on investment: 3.42:1. Show details' }));
    const panel = await by('figure-panel');
    expect(await within(panel).findByTestId('figure-agrees')).toHaveTextContent('agrees: 3.42:1');
    expect(within(panel).getByText(/NPV of social value/)).toBeInTheDocument();
    expect(within(panel).getByText('NOK 20,000')).toBeInTheDocument();
    expect(within(panel).getAllByTestId('evidence-item')).toHaveLength(3);
    await user.keyboard('{Escape}');
    await waitFor(() => {
      expect(screen.queryByTestId('figure-panel')).not.toBeInTheDocument();
    });
  });

  it('that does not agree says so', async () => {
    const { user, bridge } = open();
    const honest = bridge.desk.figure;
    vi.spyOn(bridge.desk, 'figure').mockImplementation(async (id, asOf) => ({ ...(await honest(id, asOf)), agrees: false, recomputed: '3.10:1' }));
    await user.click((await screen.findAllByRole('button', { name: /Show details/ }))[0] as HTMLElement);
    const verdict = await by('figure-agrees');
    expect(verdict).toHaveAttribute('data-agrees', 'false');
    expect(verdict).toHaveTextContent('differs: 3.10:1');
  });

  it('can be cited', async () => {
    const { user } = open();
    await user.click((await screen.findAllByRole('button', { name: /Show details/ }))[0] as HTMLElement);
    await user.click(await screen.findByRole('button', { name: 'Copy citation' }));
    expect(await navigator.clipboard.readText()).toContain('definition v1, log 5310');
  });
});

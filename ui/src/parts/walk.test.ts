// The values of a chart: pointed at, walked through by keyboard, read out; and the chart as a file.
import { waitFor } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import { by, open } from '../test/window';

const first = async () => waitFor(() => document.querySelector<HTMLElement>('[data-testid=chart-walk]') ?? Promise.reject(new Error('no values')));

describe('the values of a chart', () => {
  it('are walked along a series and between series, and read out', async () => {
    const { user } = open();
    (await first()).focus();
    await user.keyboard('{ArrowRight}');
    expect(await by('chart-tip')).toHaveTextContent('Mentoring, Apr: 120');
    await user.keyboard('{ArrowRight}{ArrowDown}');
    expect(await by('chart-tip')).toHaveTextContent('Buddy, May: 167');
    expect(await by('live')).toHaveTextContent('Buddy, May: 167');
    await user.keyboard('{ArrowDown}');
    expect(await by('chart-tip')).toHaveTextContent('Buddy, May: 167');
    await user.keyboard('{End}');
    expect(await by('chart-tip')).toHaveTextContent('Buddy, Sep: 195');
    await user.keyboard('{Escape}');
    await waitFor(() => { expect(document.querySelector('[data-testid=chart-tip]')).toBeNull(); });
  });

  it('are pointed at', async () => {
    const { bridge } = open();
    const asked = vi.spyOn(bridge.desk, 'chartHits');
    const room = await first();
    const at = (clientX: number, clientY: number) => {
      const event = new MouseEvent('pointermove', { clientX, clientY, bubbles: true });
      room.dispatchEvent(event);
    };
    at(60, 288 * 0.3);
    await waitFor(() => { expect(asked).toHaveBeenCalledTimes(1); });
    await asked.mock.results[0]?.value;
    at(60, 288 * 0.3);
    expect(await by('chart-tip')).toHaveTextContent('Mentoring, Apr: 120');
    at(2, 2);
    await waitFor(() => { expect(document.querySelector('[data-testid=chart-tip]')).toBeNull(); });
  });

  it('stay in the table where they cannot be pointed at', async () => {
    const { user } = open({ fails: 'chart_hits' });
    (await first()).focus();
    await user.keyboard('{ArrowRight}{End}');
    expect(document.querySelector('[data-testid=chart-img]')).not.toBeNull();
    expect(document.querySelector('[data-testid=chart-tip]')).toBeNull();
  });
});

describe('the picture of a chart', () => {
  it('is asked for at another moment only where something else is drawn', async () => {
    const { bridge } = open();
    await first();
    vi.spyOn(bridge, 'chart').mockImplementation(({ seq, tile }) => `chart:${tile}@${seq}`);
    const honest = bridge.desk.dashboard;
    const goOn = async (seq: number, drawn: string) => {
      const asked = vi.spyOn(bridge.desk, 'dashboard').mockImplementation(async (question) => {
        const view = await honest(question);
        return { ...view, seq, tiles: view.tiles.map((tile) => (tile.kind === 'chart' ? { ...tile, drawn } : tile)) };
      });
      bridge.tell('changed', { seq });
      await waitFor(() => { expect(asked).toHaveBeenCalled(); });
      await asked.mock.results[0]?.value;
    };
    const addresses = () => [...document.querySelectorAll('[data-testid=chart-img]')].map((img) => img.getAttribute('src') ?? '');
    await goOn(5311, 'a');
    await waitFor(() => { expect(addresses().some((address) => address.endsWith('@5311'))).toBe(true); });
    await goOn(5312, 'a');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(addresses().some((address) => address.endsWith('@5312'))).toBe(false);
    await goOn(5313, 'b');
    await waitFor(() => { expect(addresses().some((address) => address.endsWith('@5313'))).toBe(true); });
  });
});

describe('a chart as a file', () => {
  it('is saved, and shown where it is', async () => {
    const { user, bridge } = open();
    const reveal = vi.spyOn(bridge.desk, 'openPath');
    await user.click(await waitFor(() => document.querySelector<HTMLElement>('[data-testid=chart-save]') ?? Promise.reject(new Error('no button'))));
    await user.click(await waitFor(() => [...document.querySelectorAll('button')].find((button) => button.textContent.includes('Show in folder')) ?? Promise.reject(new Error('no action'))));
    expect(reveal).toHaveBeenCalledWith('/home/kari/Documents/Chart_2026-Q3_overview_participants.png');
  });
});

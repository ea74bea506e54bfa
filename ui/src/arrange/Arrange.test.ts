// Arranging a dashboard over the fake bridge: by keys and buttons, what is taken back, and what is sent.
import { render, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import App from '../App.svelte';
import type { Dashboard } from '../bindings/Dashboard';
import { createFake } from '../ipc/fake';
import { by, open } from '../test/window';
import { begin, fits, Plan } from './plan.svelte';

async function opened() {
  const window = open();
  await window.user.click(await by('arrange-open'));
  await by('arrange-save');
  const sent = vi.spyOn(window.bridge.desk, 'arrangeDashboard');
  return { ...window, sent };
}
const order = () => screen.getAllByTestId('arrange-tile').map((tile) => tile.dataset.tile);
const last = (sent: { mock: { calls: [Dashboard][] } }) => sent.mock.calls.at(-1)?.[0];

describe('arranging', () => {
  it('moves a tile by keys, keeps the focus on it and says where it is', async () => {
    const { user, sent } = await opened();
    await screen.findAllByTestId('arrange-tile');
    const [first, second] = order();
    screen.getAllByTestId('arrange-tile')[0]?.focus();
    await user.keyboard('{Alt>}{ArrowRight}{/Alt}');
    expect(order().slice(0, 2)).toEqual([second, first]);
    expect(await by('live')).toHaveTextContent('is now at place 2 of 11');
    await waitFor(() => { expect((document.activeElement as HTMLElement).dataset.tile).toBe(first); });
    await user.click(await by('arrange-save'));
    await waitFor(() => { expect(last(sent)?.tiles.slice(0, 2).map(({ id }) => id)).toEqual([second, first]); });
    expect(last(sent)?.version).toBe(3);
    expect(screen.queryByTestId('arrange')).toBeNull();
  });

  it('takes away, adds and changes tiles, and takes everything back', async () => {
    const { user, sent } = await opened();
    await screen.findAllByTestId('arrange-tile');
    const before = order();
    await user.click(screen.getAllByTestId('tile-remove')[0] as HTMLElement);
    expect(order()).toEqual(before.slice(1));
    await user.click(await by('arrange-add'));
    await user.click(await by('tile-take'));
    await waitFor(() => { expect(order()).toEqual([...before.slice(1), 'tile-1']); });
    await user.click(await by('arrange-undo'));
    await user.keyboard('{Control>}z{/Control}');
    expect(order()).toEqual(before);
    expect(await by('arrange-save')).toBeDisabled();
    await user.keyboard('{Control>}{Shift>}Z{/Shift}{/Control}');
    expect(order()).toEqual(before.slice(1));

    await user.click(screen.getAllByTestId('tile-change')[7] as HTMLElement);
    const title = await by('tile-title-uk');
    await user.clear(title);
    expect(await by('tile-take')).toBeDisabled();
    await user.type(title, 'Учасники');
    await user.click(await by('tile-take'));
    await user.click(await by('arrange-save'));
    await waitFor(() => { expect(last(sent)?.tiles[7]?.shows).toMatchObject({ shows: 'line', title: { uk: 'Учасники' } }); });
  });

  it('asks before work is lost, and shows a refusal without losing it', async () => {
    const { user, bridge } = await opened();
    await screen.findAllByTestId('arrange-tile');
    await user.click(screen.getAllByTestId('tile-remove')[0] as HTMLElement);
    await user.click(await by('arrange-cancel'));
    const sure = await screen.findByRole('alertdialog');
    await user.click(within(sure).getByRole('button', { name: 'Cancel' }));
    vi.spyOn(bridge.desk, 'arrangeDashboard').mockImplementation(() => Promise.reject({ code: 'desk.refused', message: 'Refused', detail: 'the dashboard has changed since: it is now version 4' }));
    await user.click(await by('arrange-save'));
    expect(await screen.findByText('desk.refused')).toBeInTheDocument();
    expect(order()).toHaveLength(10);
  });

  it('asks before unsaved work is left, wherever the person goes', async () => {
    const { user } = await opened();
    await screen.findAllByTestId('arrange-tile');
    const before = order();
    await user.click(screen.getAllByTestId('tile-remove')[0] as HTMLElement);
    await user.click(screen.getAllByTestId('nav-dashboard')[1] as HTMLElement);
    await by('arrange-leave');
    await user.keyboard('{Escape}');
    await waitFor(() => { expect(screen.queryByTestId('arrange-leave')).toBeNull(); });
    expect(order()).toEqual(before.slice(1));
    await user.click(await by('nav-reports'));
    await user.click(await by('arrange-leave-yes'));
    await waitFor(() => { expect(screen.queryByTestId('arrange')).toBeNull(); });
    expect((await screen.findAllByTestId('report-open')).length).toBeGreaterThan(0);
  });

  it('is left without a question where nothing was changed', async () => {
    const { user } = await opened();
    await screen.findAllByTestId('arrange-tile');
    const title = (await by('dashboard-title')).textContent;
    await user.click(screen.getAllByTestId('nav-dashboard')[1] as HTMLElement);
    await waitFor(async () => { expect((await by('dashboard-title')).textContent).not.toBe(title); });
    expect(screen.queryByTestId('arrange')).toBeNull();
  });

  it('is not offered to those who may not', async () => {
    const bridge = createFake();
    const session = bridge.desk.session;
    vi.spyOn(bridge.desk, 'session').mockImplementation(async () => {
      const view = await session();
      return { ...view, person: view.person && { ...view.person, mayArrange: false } };
    });
    render(App, { bridge });
    await by('dashboard-title');
    expect(screen.queryByTestId('arrange-open')).toBeNull();
  });
});

describe('a plan', () => {
  const words = { en: 'A', nb: 'A', uk: 'A' };
  const dashboard: Dashboard = { id: 'd', version: 1, title: words, order: 1, tiles: ['a', 'b', 'c'].map((id) => ({ id, shows: begin('kpi', 'sroi', words) })) };

  it('never loses a tile, whatever is done', () => {
    const plan = new Plan(dashboard);
    expect(plan.move('a', 9)).toBe(2);
    expect(plan.move('a', -4)).toBe(0);
    expect(plan.move('b', 1)).toBe(1);
    expect(plan.tiles.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    plan.undo();
    plan.undo();
    expect(plan.changed).toBe(false);
    expect(plan.now).toBe(dashboard);
  });

  it('knows what a screen can show', () => {
    expect(fits(begin('kpi', 'sroi', words))).toBe(true);
    expect(fits(begin('radar', 'sroi', words))).toBe(false);
    expect(fits({ shows: 'line', title: { ...words, nb: ' ' }, metrics: ['a'], grain: 'month', points: 2 })).toBe(false);
    expect(fits({ shows: 'line', title: words, metrics: [], grain: 'month', points: 2 })).toBe(false);
    expect(fits({ shows: 'evidence', title: words, limit: 3 })).toBe(true);
  });
});

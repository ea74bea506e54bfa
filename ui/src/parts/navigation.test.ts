// Parts that lead somewhere, and those around every screen.
import { cleanup, screen, waitFor } from '@testing-library/svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import SomeTabs from '../stories/demo/SomeTabs.svelte';
import { draw } from '../test/draw';
import Brand from './Brand.svelte';
import Breadcrumb from './Breadcrumb.svelte';
import ConnectionBadge from './ConnectionBadge.svelte';
import Fjord from './Fjord.svelte';
import Heading from './Heading.svelte';
import Pagination from './Pagination.svelte';
import Rail from './Rail.svelte';
import SkipLinks from './SkipLinks.svelte';
import TenantSwitch from './TenantSwitch.svelte';
import Topbar from './Topbar.svelte';
import UnsentCount from './UnsentCount.svelte';

afterEach(cleanup);

describe('Brand', () => {
  it('has its name in text, its mark as decoration', () => {
    const { stage } = draw(Brand);
    expect(stage).toHaveTextContent('Boardroom');
    expect(stage.querySelector('svg')).toHaveAttribute('aria-hidden', 'true');
  });
});

describe('Breadcrumb', () => {
  it('marks where one is, and leads up', async () => {
    const onopen = vi.fn();
    const { user } = draw(Breadcrumb, { steps: [{ words: 'Reports', onopen }, { words: 'Quarterly' }] });
    expect(screen.getByText('Quarterly').closest('[aria-current]')).toHaveAttribute('aria-current', 'page');
    await user.click(screen.getByRole('button', { name: 'Reports' }));
    expect(onopen).toHaveBeenCalledOnce();
  });
});

describe('ConnectionBadge', () => {
  it('says state, age and staleness without being opened', async () => {
    draw(ConnectionBadge, { onoutbox: () => undefined });
    const badge = screen.getByTestId('connection-badge');
    await waitFor(() => { expect(badge).toHaveAttribute('data-state', 'offline'); });
    expect(badge).toHaveAttribute('data-stale', 'true');
    expect(badge).toHaveTextContent(/Offline since .*Stale.*12 minutes ago/);
  });
});

describe('Fjord', () => {
  it('is decoration', () => {
    const { stage } = draw(Fjord);
    expect(stage.querySelector('svg')).toHaveAttribute('aria-hidden', 'true');
  });
});

describe('Heading', () => {
  it('is the first heading of a screen', () => {
    draw(Heading, { title: 'Reports', lead: 'Take them away.' });
    expect(screen.getByRole('heading', { level: 1, name: 'Reports' })).toBeInTheDocument();
  });
});

describe('Pagination', () => {
  const numbers = () => screen.getAllByRole('listitem').map(({ textContent }) => textContent.trim());

  it.each([
    [1, 12, ['1', '2', '…', '12']], [3, 12, ['1', '2', '3', '4', '…', '12']], [6, 12, ['1', '…', '5', '6', '7', '…', '12']],
    [12, 12, ['1', '…', '11', '12']], [2, 3, ['1', '2', '3']], [1, 2_000_000, ['1', '2', '…', '2,000,000']],
  ])('on page %i of %i shows %o', (page, pages, wanted) => {
    draw(Pagination, { label: 'Pages', page, pages, onchange: () => undefined });
    expect(numbers()).toEqual(wanted);
    expect(screen.getByRole('button', { current: 'page' })).toHaveAccessibleName(`Page ${page.toLocaleString('en')}`);
  });

  it('stops at the ends, and is not there for one page', async () => {
    const onchange = vi.fn();
    const { user } = draw(Pagination, { label: 'Pages', page: 1, pages: 3, onchange });
    expect(screen.getByRole('button', { name: 'Previous' })).toBeDisabled();
    await user.click(screen.getByRole('button', { name: 'Next' }));
    expect(onchange).toHaveBeenCalledExactlyOnceWith(2);
    cleanup();
    draw(Pagination, { label: 'Pages', page: 1, pages: 1, onchange });
    expect(screen.queryByRole('navigation')).not.toBeInTheDocument();
  });
});

describe('Rail', () => {
  it('names every place aloud, and the person', async () => {
    draw(Rail, { dashboard: null, onchoose: () => undefined, onlock: () => undefined });
    for (const name of ['Reports', 'Verify', 'Settings']) expect(screen.getByRole('button', { name })).toBeInTheDocument();
    expect(await screen.findByText('Kari Nordmann')).toBeInTheDocument();
  });
});

describe('SkipLinks', () => {
  it('are the first stops, and lead where they say', async () => {
    const follow = [vi.fn(), vi.fn()];
    const { user } = draw(SkipLinks, { label: 'Skip', links: [{ words: 'Content', onfollow: follow[0] }, { words: 'Navigation', onfollow: follow[1] }] });
    await user.tab();
    expect(document.activeElement).toHaveTextContent('Content');
    await user.tab();
    await user.keyboard('{Enter}');
    expect(follow[0]).not.toHaveBeenCalled();
    expect(follow[1]).toHaveBeenCalledOnce();
  });
});

describe('Tabs', () => {
  it('show one panel; arrow keys go past what is disabled', async () => {
    const { user } = draw(SomeTabs);
    expect(screen.getByRole('tabpanel')).toHaveTextContent('What the programmes return');
    screen.getByRole('tab', { name: 'Definition' }).focus();
    await user.keyboard('{ArrowRight}');
    await waitFor(() => { expect(screen.getByRole('tabpanel')).toHaveTextContent('Three snippets'); });
    await user.keyboard('{ArrowRight}');
    await waitFor(() => { expect(screen.getByRole('tab', { name: 'Definition' })).toHaveAttribute('aria-selected', 'true'); });
  });
});

describe('TenantSwitch', () => {
  it('says which company is open, and which are not on this device', async () => {
    const onchoose = vi.fn();
    const tenants = [{ id: 'a', name: 'A AS', synced: true, accent: null }, { id: 'b', name: 'B AS', synced: false }];
    const { user } = draw(TenantSwitch, { tenant: tenants[0], tenants, onchoose });
    const trigger = screen.getByTestId('tenant-switch');
    expect(trigger).toHaveAccessibleName('Company A AS');
    trigger.focus();
    await user.keyboard('{Enter}');
    const options = await screen.findAllByTestId('tenant-option');
    expect(options[1]).toHaveTextContent('Not on this device yet');
    await user.keyboard('{ArrowDown}{Enter}');
    await waitFor(() => { expect(onchoose).toHaveBeenCalledExactlyOnceWith('b'); });
  });
});

describe('Topbar', () => {
  it('has the connection, what is unsent, and the ways to everything', async () => {
    const [onhelp, onoutbox, onpalette] = [vi.fn(), vi.fn(), vi.fn()];
    const { user } = draw(Topbar, { onhelp, onoutbox, onpalette });
    expect(screen.getByTestId('connection-badge')).toBeInTheDocument();
    await user.click(screen.getByTestId('unsent'));
    await user.click(screen.getByTestId('palette-open'));
    await user.click(screen.getByTestId('help'));
    for (const heard of [onhelp, onoutbox, onpalette]) expect(heard).toHaveBeenCalledOnce();
  });
});

describe('UnsentCount', () => {
  it.each([[0, '0 changes not yet sent'], [1, '1 change not yet sent'], [12_408, '12,408 changes not yet sent']])('says %i as %s', async (count, words) => {
    const onopen = vi.fn();
    const { user } = draw(UnsentCount, { count, onopen });
    await user.click(screen.getByRole('button', { name: words }));
    expect(onopen).toHaveBeenCalledOnce();
  });
});

// Parts that tell how something stands.
import { cleanup, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { MOST, Notices as List, STAYS } from '../state/notices.svelte';
import SomeBoundary from '../stories/demo/SomeBoundary.svelte';
import { text } from '../stories/story';
import { draw } from '../test/draw';
import Badge from './Badge.svelte';
import Banner from './Banner.svelte';
import Callout from './Callout.svelte';
import Empty from './Empty.svelte';
import Fault from './Fault.svelte';
import LiveRegion from './LiveRegion.svelte';
import Notices from './Notices.svelte';
import Progress from './Progress.svelte';
import Skeleton from './Skeleton.svelte';
import StatusDot from './StatusDot.svelte';

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

describe('Badge', () => {
  it('says its status in words', () => {
    draw(Badge, { words: 'Approved', look: 'good' });
    expect(screen.getByText('Approved')).toHaveClass('good');
  });
});

describe('Banner', () => {
  it('is told when it appears', () => {
    draw(Banner, { testid: 'b', look: 'bad', children: text('Refused') });
    expect(screen.getByRole('status')).toHaveTextContent('Refused');
  });
});

describe('Boundary', () => {
  it('shows the code and copies the details of what broke inside', () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    draw(SomeBoundary, { breaks: true });
    const fault = screen.getByTestId('fault');
    expect(fault).toHaveAttribute('data-code', 'window.unexpected');
    expect(screen.getByRole('button', { name: 'Copy details' })).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Try again' })).toBeInTheDocument();
  });

  it('is not seen while nothing breaks', () => {
    draw(SomeBoundary);
    expect(screen.queryByTestId('broken')).not.toBeInTheDocument();
  });
});

describe('Callout', () => {
  it.each(['good', 'warn', 'bad', 'info'])('tells %s by a picture too', (look) => {
    const { stage } = draw(Callout, { look, title: 'Title', children: text('Words') });
    expect(stage.querySelector('svg')).toHaveAttribute('aria-hidden', 'true');
    expect(stage).toHaveTextContent(/^Title\s*Words$/);
  });
});

describe('Empty', () => {
  it('has words, and a heading where it has a title', () => {
    draw(Empty, { title: 'No reports yet', words: 'They appear here.' });
    expect(screen.getByText('No reports yet')).toBeInTheDocument();
    expect(screen.getByText('They appear here.')).toBeInTheDocument();
  });
});

describe('Fault', () => {
  it('never stands without words and a code', () => {
    draw(Fault, { fault: { code: 'window.unexpected', message: '', detail: '' } });
    expect(screen.getByRole('alert')).toHaveTextContent(/^An unexpected error occurred\. .*Code window\.unexpected/);
  });
});

describe('LiveRegion', () => {
  it('is polite', () => {
    draw(LiveRegion, { words: 'New figures' });
    expect(screen.getByText('New figures')).toHaveAttribute('aria-live', 'polite');
  });
});

describe('Notices', () => {
  it('go by themselves unless they are bad, ask for something, or are being read', async () => {
    vi.useFakeTimers();
    const notices = new List();
    const act = vi.fn();
    const read = notices.show({ look: 'good', words: 'Read' });
    notices.show({ look: 'good', words: 'Written' });
    notices.show({ look: 'bad', words: 'Unreachable' });
    notices.show({ look: 'info', words: 'Arrived', action: { words: 'Show', do: act } });
    draw(Notices, { notices });
    notices.hold(read);
    vi.advanceTimersByTime(STAYS + 1);
    await tick();
    expect(screen.getAllByTestId('notice').map((notice) => notice.querySelector('p')?.textContent)).toEqual(['Read', 'Unreachable', 'Arrived']);
    notices.resume(read);
    vi.advanceTimersByTime(STAYS + 1);
    expect(notices.list.map(({ words }) => words)).toEqual(['Unreachable', 'Arrived']);
    screen.getByText('Show').click();
    expect(act).toHaveBeenCalledOnce();
    expect(notices.list.map(({ words }) => words)).toEqual(['Unreachable']);
  });

  it('say the same once, and make room for newer ones', () => {
    const notices = new List();
    for (let at = 0; at < 10_000; at += 1) notices.show({ look: 'bad', words: `News ${at % 7}` });
    expect(notices.list).toHaveLength(MOST);
    expect(new Set(notices.list.map(({ words }) => words)).size).toBe(MOST);
    notices.clear();
    expect(notices.list).toEqual([]);
    notices.dismiss(404);
  });
});

describe('Progress', () => {
  it('is named and tells its share', () => {
    draw(Progress, { label: 'Export', percent: 40 });
    const bar = screen.getByRole('progressbar', { name: 'Export' });
    expect(bar).toHaveAttribute('value', '40');
    expect(bar).toHaveAttribute('max', '100');
  });
});

describe('Skeleton', () => {
  it('says nothing to a screen reader', () => {
    const { stage } = draw(Skeleton, { count: 3 });
    expect(stage.querySelectorAll('[aria-hidden=true]')).toHaveLength(3);
    expect(stage).toHaveTextContent('');
  });
});

describe('StatusDot', () => {
  it('leaves the telling to words', () => {
    const { stage } = draw(StatusDot, { look: 'warn', words: 'Offline' });
    expect(stage.querySelector('.dot')).toHaveAttribute('aria-hidden', 'true');
    expect(stage).toHaveTextContent('Offline');
  });
});

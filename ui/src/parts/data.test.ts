// Parts that show figures and where they come from.
import { cleanup, screen, waitFor } from '@testing-library/svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { language } from '../i18n/index.svelte';
import { standing } from '../ipc/fake-data';
import { card, hostile, question, snippet, tile } from '../stories/samples';
import { text } from '../stories/story';
import { draw } from '../test/draw';
import Avatar from './Avatar.svelte';
import Chart from './Chart.svelte';
import ChartTile from './ChartTile.svelte';
import DataTable from './DataTable.svelte';
import EvidenceItem from './EvidenceItem.svelte';
import EvidenceTile from './EvidenceTile.svelte';
import Keys from './Keys.svelte';
import KpiCard from './KpiCard.svelte';
import Sparkline from './Sparkline.svelte';
import Standing from './Standing.svelte';
import Tile from './Tile.svelte';
import Times from './Times.svelte';
import Tree from './Tree.svelte';
import Trend from './Trend.svelte';

afterEach(() => {
  cleanup();
  language.locale = 'en';
});

describe('Avatar', () => {
  it.each([['Kari Nordmann', 'KN'], ['Олена  Шевченко Петрівна', 'ОШ'], ['😀 x', '😀X'.slice(0, 2)], ['solheim', 'S'], ['', ''], [' \n ', '']])('makes %o into %o', (name, initials) => {
    const { stage } = draw(Avatar, { name });
    expect(stage).toHaveTextContent(initials);
  });
});

describe('Chart', () => {
  it('has its words as alternative text', async () => {
    draw(Chart, { question: { ...question, tile: 'line-participants' }, alt: 'Mentoring leads.' });
    expect(await screen.findByRole('img', { name: 'Mentoring leads.' })).toBeInTheDocument();
  });
});

describe('ChartTile', () => {
  it('gives the same data as a table', async () => {
    const { user } = draw(ChartTile, { tile: tile('chart', 'line-participants'), question });
    await user.click(screen.getByTestId('chart-table'));
    expect(screen.getByRole('table')).toHaveTextContent('Q3 2026');
  });

  it('is told from the same tile beside it', () => {
    draw(ChartTile, { tile: tile('chart', 'line-participants'), question });
    draw(ChartTile, { tile: tile('chart', 'line-participants'), question, moment: 'As of 1 May' });
    const names = screen.getAllByRole('region').map((region) => region.getAttribute('aria-label') ?? '');
    expect(names).toEqual(['', expect.stringMatching(/, As of 1 May$/)]);
  });

  it('says why it is empty', () => {
    draw(ChartTile, { tile: tile('chart', 'empty'), question });
    expect(screen.getByText('Nothing was measured in this period.')).toBeInTheDocument();
  });
});

describe('DataTable', () => {
  const table = { header: ['Month', 'Value'], rows: [['A', '1,204'], ['B', '–'], ['C', '98'], ['D', '−5.5%'], ['D', '98']] };
  const column = () => screen.getAllByRole('row').slice(1).map((row) => row.lastElementChild?.textContent);

  it('sorts numbers by size both ways, keeps what is no number last, and gives the first order back', async () => {
    const { user } = draw(DataTable, { caption: 'C', sortable: true, table });
    const heading = () => screen.getByRole('columnheader', { name: 'Value' });
    await user.click(screen.getByRole('button', { name: 'Value' }));
    expect(column()).toEqual(['−5.5%', '98', '98', '1,204', '–']);
    expect(heading()).toHaveAttribute('aria-sort', 'ascending');
    await user.click(screen.getByRole('button', { name: 'Value' }));
    expect(column()).toEqual(['1,204', '98', '98', '−5.5%', '–']);
    await user.click(screen.getByRole('button', { name: 'Value' }));
    expect(column()).toEqual(table.rows.map((row) => row[1]));
    expect(heading()).toHaveAttribute('aria-sort', 'none');
  });

  it('reads numbers as the language writes them', async () => {
    language.locale = 'nb';
    const rows = [['A', '1 204,5'], ['B', 'kr 98'], ['C', '12,25 %']];
    const { user } = draw(DataTable, { caption: 'C', sortable: true, table: { header: ['M', 'V'], rows } });
    await user.click(screen.getByRole('button', { name: 'V' }));
    expect(column()).toEqual(['12,25 %', 'kr 98', '1 204,5']);
  });

  it('has no buttons unless it sorts, and stands without rows', () => {
    draw(DataTable, { caption: 'C', table: { header: ['M'], rows: [] } });
    expect(screen.queryByRole('button')).not.toBeInTheDocument();
    expect(screen.getAllByRole('row')).toHaveLength(1);
  });
});

describe('EvidenceItem', () => {
  it('has its own language, its scores in words and its hash', () => {
    const { stage } = draw(EvidenceItem, { evidence: snippet(1) });
    expect(stage.querySelector('blockquote')).toHaveAttribute('lang', 'uk');
    expect(stage).toHaveTextContent('medium confidence');
    expect(stage.querySelector('[title]')).toHaveAttribute('title', snippet(1).sha256);
  });
});

describe('EvidenceTile', () => {
  it('says so when there is none', () => {
    draw(EvidenceTile, { tile: { ...tile('evidence', 'evidence'), items: [] } });
    expect(screen.queryByTestId('evidence-item')).not.toBeInTheDocument();
    expect(screen.getByText('There is no evidence for this yet.')).toBeInTheDocument();
  });
});

describe('Keys', () => {
  it('are marked as keys', () => {
    const { stage } = draw(Keys, { keys: ['Ctrl', 'K'] });
    expect([...stage.querySelectorAll('kbd')].map(({ textContent }) => textContent)).toEqual(['Ctrl', 'K']);
  });
});

describe('KpiCard', () => {
  it('opens its figure as a whole', async () => {
    const onopen = vi.fn();
    const { user } = draw(KpiCard, { card: card(0), onopen });
    await user.click(screen.getByRole('button', { name: 'Social return on investment: 3.42:1. Show details' }));
    expect(onopen).toHaveBeenCalledOnce();
  });

  it('shows the reason where there is no value, and no course of a single one', () => {
    const { stage } = draw(KpiCard, { card: card(7), onopen: () => undefined });
    expect(stage).toHaveTextContent('Withheld: fewer than 10 people');
    cleanup();
    const first = draw(KpiCard, { card: card(6), onopen: () => undefined });
    expect(first.stage.querySelector('.spark svg')).not.toBeInTheDocument();
  });
});

describe('Sparkline', () => {
  const lines = (values: (number | null)[]) => draw(Sparkline, { values }).stage.querySelectorAll('.line').length;

  it.each([[[1, 2, 3], 1], [[1, null, 3, 4], 2], [[null, null], 0], [[], 0], [[5, 5, 5], 1], [[1e308, -1e308], 1]])('%o has %i runs', (values, runs) => {
    expect(lines(values)).toBe(runs);
    for (const path of document.querySelectorAll('path')) expect(path.getAttribute('d')).not.toContain('NaN');
  });
});

describe('Standing', () => {
  it('says in words what it draws', () => {
    const { stage } = draw(Standing, { view: standing('en'), value: '3.42:1' });
    for (const words of ['Energy · 501–5,000 people · Europe · 13 companies', 'In the best 10 %', '3.42:1', '2.71:1', '2.30:1 – 3.12:1']) expect(stage).toHaveTextContent(words);
    expect(stage.querySelectorAll('svg .own')).toHaveLength(2);
  });
  it('has no place and no badge for a figure without a value', () => {
    const { stage } = draw(Standing, { view: { ...standing('uk'), badge: null, places: [0.3, 0.5, 0.7, null] }, value: '–' });
    expect(stage.querySelector('svg .own')).toBeNull();
    expect(stage).not.toHaveTextContent('%');
  });
});

describe('Tile', () => {
  it('is a region with its title', () => {
    draw(Tile, { title: hostile.turned, children: text('x') });
    expect(screen.getByRole('region')).toHaveTextContent('x');
  });
});

describe('Times', () => {
  it('are always three, with a dash for what is not known', () => {
    const { stage } = draw(Times, { measured: null, received: '2026-11-02T08:08:00Z', shown: 'soon' });
    expect([...stage.querySelectorAll('dt')].map(({ textContent }) => textContent)).toEqual(['Measured', 'Received', 'Shown']);
    expect([...stage.querySelectorAll('dd')].map(({ textContent }) => textContent)).toEqual(['–', expect.stringMatching(/^2 Nov 2026, \d\d:08$/), 'soon']);
  });
});

describe('Tree', () => {
  const branches = [{ id: 'a', words: 'SROI', inside: [{ id: 'b', words: 'Readiness', inside: [{ id: 'c', words: 'Snippet' }] }] }, { id: 'd', words: 'VIS' }];
  const shown = () => screen.getAllByRole('treeitem').map((item) => item.querySelector('bdi')?.textContent);

  it('is walked, opened and closed with arrow keys', async () => {
    const onopen = vi.fn();
    const { user } = draw(Tree, { label: 'Lineage', branches, onopen });
    expect(shown()).toEqual(['SROI', 'VIS']);
    await user.tab();
    await user.keyboard('{ArrowRight}');
    await waitFor(() => { expect(shown()).toEqual(['SROI', 'Readiness', 'VIS']); });
    await user.keyboard('{ArrowRight}{ArrowRight}{ArrowRight}');
    await waitFor(() => { expect(document.activeElement).toHaveTextContent('Snippet'); });
    expect(document.activeElement).toHaveAttribute('aria-level', '3');
    await user.keyboard('{Enter}{ArrowLeft}{ArrowLeft}{ArrowLeft}{ArrowLeft}');
    expect(onopen).toHaveBeenCalledExactlyOnceWith('c');
    await waitFor(() => { expect(shown()).toEqual(['SROI', 'VIS']); });
    await user.keyboard('{End}');
    expect(document.activeElement).toHaveTextContent('VIS');
    expect(screen.getAllByRole('treeitem').filter(({ tabIndex }) => tabIndex === 0)).toHaveLength(1);
  });
});

describe('Trend', () => {
  it.each([['improving', 'Improving'], ['declining', 'Declining'], ['stable', 'Stable'], ['new', 'New']])('says %s in words', (trend, words) => {
    draw(Trend, { change: '+1%', trend });
    expect(screen.getByText(words)).toBeInTheDocument();
  });
});

// Writing, reviewing and starting reports: what is written, kept, refused and saved.
import { waitFor, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import { written } from './schema';
import { by, open } from '../test/window';

const report = async (place: number) => {
  const opened = open();
  await opened.user.click(await by('nav-reports'));
  await waitFor(() => { expect(document.querySelectorAll('[data-testid=report-open]').length).toBeGreaterThan(place); });
  await opened.user.click(document.querySelectorAll<HTMLElement>('[data-testid=report-open]')[place] as HTMLElement);
  return opened;
};

describe('a report', () => {
  it('shows its text with figures and numbered citations, and what happened to it', async () => {
    await report(0);
    const summary = await waitFor(() => document.querySelector<HTMLElement>('[data-section=summary]') ?? Promise.reject(new Error('no section')));
    expect(summary).toHaveTextContent('3.42:1');
    expect(summary).toHaveTextContent('[1]');
    expect(document.querySelector('article')).toHaveTextContent('Approved by Ragnhild Berg');
    expect(document.querySelector('#course')?.parentElement).toHaveTextContent('Say where the hours come from.');
  });

  it('asks for a reason where one is needed, and takes the step', async () => {
    const { user, bridge } = await report(1);
    const move = vi.spyOn(bridge.desk, 'moveReport');
    await user.click(await by('step-request_changes'));
    expect(await by('step-take')).toBeDisabled();
    await user.type(await by('step-reason'), '  Say who came.  ');
    await user.click(await by('step-take'));
    expect(move).toHaveBeenCalledWith({ id: 'r-2', version: 2, step: 'request_changes', reason: '  Say who came.  ' });
  });

  it('cannot be submitted while a section lacks evidence, and says which', async () => {
    await report(2);
    expect(await by('step-submit')).toBeDisabled();
    expect(await by('step-refused')).toHaveTextContent('Outlook: Paragraph 1 has more than 10 words and cites no evidence.');
  });
});

describe('writing', () => {
  it('keeps what is not saved, and saves it as a new version', async () => {
    const { user, bridge } = await report(2);
    const [keep, revise] = [vi.spyOn(bridge.desk, 'keepDraft'), vi.spyOn(bridge.desk, 'reviseReport')];
    await user.click(await by('edit'));
    const title = await by('report-title');
    await user.clear(title);
    await user.type(title, 'Language, deeper');
    await waitFor(() => { expect(keep).toHaveBeenCalledWith(expect.objectContaining({ id: 'r-3', version: 1, title: 'Language, deeper' })); });
    await user.click(await by('section-value'));
    await user.click(await by('leave-out'));
    await user.click(await by('save'));
    await waitFor(() => { expect(revise).toHaveBeenCalledOnce(); });
    expect(revise.mock.calls[0]?.[0].sections.map(({ id }) => id)).toEqual(['summary', 'highlights', 'outcomes', 'value', 'outlook']);
    await waitFor(() => { expect(document.querySelector('h1')).toHaveTextContent('Language, deeper'); });
  });

  it('keeps the text when saving fails, and says why', async () => {
    const { user } = open({ fails: 'revise_report' });
    await user.click(await by('nav-reports'));
    await waitFor(() => { expect(document.querySelectorAll('[data-testid=report-open]').length).toBe(4); });
    await user.click(document.querySelectorAll<HTMLElement>('[data-testid=report-open]')[2] as HTMLElement);
    await user.click(await by('edit'));
    await user.type(await by('report-title'), '!');
    await user.click(await by('save'));
    expect(await by('fault')).toHaveAttribute('data-code', 'wire.unreachable');
    expect(await by('report-title')).toHaveValue('Language programme deep dive!');
  });

  it('cites evidence on the paragraph, and what was missing is no longer missing', async () => {
    const { user } = await report(2);
    await user.click(await by('edit'));
    await user.click(await by('section-outlook'));
    expect(await by('faults')).toHaveTextContent('cites no evidence');
    await user.click(await by('cite'));
    await user.click(within(await by('cite-sheet')).getAllByTestId('cite-pick')[0] as HTMLElement);
    await waitFor(() => { expect(document.querySelector('[data-testid=faults]')).toBeNull(); });
  });

  it('asks before it throws away what was written', async () => {
    const { user, bridge } = await report(2);
    const forget = vi.spyOn(bridge.desk, 'forgetDraft');
    await user.click(await by('edit'));
    await user.type(await by('report-title'), '?');
    await user.click(await waitFor(() => [...document.querySelectorAll('button')].find((button) => button.textContent.includes('Discard changes')) ?? Promise.reject(new Error('no button'))));
    await user.click(within(await by('discard-sure')).getByRole('button', { name: 'Discard changes' }));
    await waitFor(() => { expect(forget).toHaveBeenCalledWith('r-3'); });
  });

  it('starts a report from a template, without the sections that are not wanted', async () => {
    const { user, bridge } = open();
    const draft = vi.spyOn(bridge.desk, 'draftReport');
    await user.click(await by('nav-reports'));
    await user.click(await by('report-new'));
    const sheet = within(await by('new-report'));
    await user.click(await sheet.findByRole('checkbox', { name: 'Outlook' }));
    await user.click(await by('report-create'));
    expect(draft).toHaveBeenCalledWith({ template: 'quarterly', period: '2026-Q3', title: 'Quarterly report, Q3 2026', sections: ['summary', 'highlights', 'outcomes', 'value'] });
    expect(await by('editor')).toBeInTheDocument();
  });
});

describe('the document', () => {
  it('is what the core reads: no attributes of the editor, no empty paragraphs at its end', () => {
    expect(
      written({
        type: 'doc',
        content: [
          { type: 'heading', attrs: { level: 2, id: 'x' }, content: [{ type: 'text', text: 'Hello' }] },
          { type: 'orderedList', attrs: { start: 1 }, content: [{ type: 'listItem', content: [{ type: 'paragraph' }] }] },
          { type: 'paragraph', content: [{ type: 'text', text: 'a', marks: [{ type: 'bold' }, { type: 'link' }, { type: 'citation', attrs: { evidence: 'ev-1' } }] }, { type: 'figure', attrs: { figure: 'sroi/2026-Q3/all' } }] },
          { type: 'image' },
          { type: 'paragraph' },
          { type: 'paragraph' },
        ],
      }),
    ).toEqual({
      type: 'doc',
      content: [
        { type: 'heading', attrs: { level: 2 }, content: [{ type: 'text', text: 'Hello' }] },
        { type: 'orderedList', content: [{ type: 'listItem', content: [{ type: 'paragraph', content: [] }] }] },
        { type: 'paragraph', content: [{ type: 'text', text: 'a', marks: [{ type: 'bold' }, { type: 'citation', attrs: { evidence: 'ev-1' } }] }, { type: 'figure', attrs: { figure: 'sroi/2026-Q3/all' } }] },
      ],
    });
    expect(written({ type: 'doc', content: [{ type: 'paragraph' }] })).toEqual({ type: 'doc', content: [] });
  });
});

// Packs: what is written, and how it is verified.
import { screen, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import type { Scene } from '../ipc/fake';
import { by, open } from '../test/window';

describe('an export', () => {
  async function dialog(scene: Partial<Scene> = {}) {
    const opened = open(scene);
    await opened.user.click(await by('nav-reports'));
    await opened.user.click((await screen.findAllByTestId('export-open'))[0] as HTMLElement);
    await by('export-dialog');
    return opened;
  }

  it('shows what was written, and leads to its verification', async () => {
    const { user, bridge } = await dialog();
    const verify = vi.spyOn(bridge.desk, 'verify');
    const reveal = vi.spyOn(bridge.desk, 'openPath');
    await user.click(await by('export-start'));
    expect(await by('export-done')).toHaveTextContent('2 files written and signed.');
    const [pdf] = await screen.findAllByTestId('export-file');
    expect(pdf).toHaveTextContent('Executive_Report_2026-Q3_Fjordlys.pdf');
    expect(pdf).toHaveTextContent(/SHA-256 [0-9a-f]{64}/);
    await user.click(within(pdf as HTMLElement).getByRole('button', { name: 'Show in folder' }));
    expect(reveal).toHaveBeenCalledWith('/home/kari/Documents/Executive_Report_2026-Q3_Fjordlys.pdf');
    await user.click(within(pdf as HTMLElement).getByTestId('export-verify'));
    expect(await by('verify-valid')).toHaveAttribute('data-valid', 'true');
    expect(verify).toHaveBeenCalledExactlyOnceWith('/home/kari/Documents/Executive_Report_2026-Q3_Fjordlys.pdf');
  });

  it('sends only what was asked for', async () => {
    const { user, bridge } = await dialog();
    const asked = vi.spyOn(bridge.desk, 'exportPack');
    await user.click(await by('export-pptx'));
    await user.click(await by('export-start'));
    await by('export-done');
    expect(asked.mock.calls[0]?.[0]).toEqual({ report: 'r-1', pdf: true, pptx: false, png: false, wide: false, since: null, folder: null, locale: null });
  });

  it('asks for wide pages, pictures and what changed since the last board', async () => {
    const { user, bridge } = await dialog();
    const asked = vi.spyOn(bridge.desk, 'exportPack');
    await user.click(await by('export-png'));
    await user.click(await by('export-wide'));
    await user.click(await by('export-since'));
    await user.click(await by('export-start'));
    await by('export-done');
    expect(asked.mock.calls[0]?.[0]).toMatchObject({ png: true, wide: true, since: 'last' });
  });

  it('cannot start without a format', async () => {
    const { user } = await dialog();
    await user.click(await by('export-pdf'));
    await user.click(await by('export-pptx'));
    expect(await by('export-start')).toBeDisabled();
  });

  it('can be cancelled, and then claims nothing', async () => {
    const { user } = await dialog({ delay: 20 });
    await user.click(await by('export-start'));
    await user.click(await by('export-cancel'));
    expect(await by('export-start')).toBeInTheDocument();
    expect(screen.queryByTestId('export-done')).not.toBeInTheDocument();
    expect(screen.queryByTestId('fault')).not.toBeInTheDocument();
    expect(await by('live')).toHaveTextContent('No file was written');
  });

  it('that fails shows its code and no file', async () => {
    const { user } = await dialog({ fails: 'export_pack' });
    await user.click(await by('export-start'));
    expect(await by('fault')).toHaveAttribute('data-code', 'wire.unreachable');
    expect(screen.queryByTestId('export-file')).not.toBeInTheDocument();
  });

  it('is refused in words where the role does not allow it', async () => {
    const { user } = open();
    await user.click(await by('nav-reports'));
    expect(await screen.findByText('Your role may export approved reports only.')).toBeInTheDocument();
    expect(screen.getAllByTestId('export-open')[2]).toBeDisabled();
  });
});

describe('verification', () => {
  it('tells what holds, what does not, and what cannot be judged', async () => {
    const { user } = open({ valid: false });
    await user.click(await by('nav-verify'));
    await user.click(await by('verify-choose'));
    expect(await by('verify-valid')).toHaveAttribute('data-valid', 'false');
    const holds = screen.getAllByTestId('verify-check').map((check) => check.dataset.holds);
    expect(holds).toEqual(['false', 'true', 'false', 'true', 'true', 'true', 'null']);
    expect(await by('verify-changed')).toHaveTextContent('page 4');
    expect(screen.getAllByText('Changed after signing')).toHaveLength(2);
    expect(screen.getByText('Cannot be judged')).toBeInTheDocument();
  });

  it('keeps the last result when choosing a file is cancelled', async () => {
    const { user, bridge } = open();
    await user.click(await by('nav-verify'));
    await user.click(await by('verify-choose'));
    await by('verify-valid');
    vi.spyOn(bridge.desk, 'verify').mockResolvedValue(null);
    await user.click(await by('verify-choose'));
    expect(await by('verify-valid')).toBeInTheDocument();
  });
});

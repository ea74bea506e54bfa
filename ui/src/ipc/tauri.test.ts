// The real bridge: names, arguments and addresses as the core expects them.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { toFault, type ChartQuestion } from './desk';
import { bridge } from './tauri';

const { invoke, listen, channels } = vi.hoisted(() => ({
  invoke: vi.fn(), listen: vi.fn(), channels: [] as { onmessage?: (message: unknown) => void }[],
}));
vi.mock('@tauri-apps/api/core', () => ({
  invoke,
  convertFileSrc: (path: string, scheme: string) => `${scheme}://localhost/${encodeURIComponent(path)}`,
  Channel: function (this: { onmessage?: (message: unknown) => void }) {
    channels.push(this);
  },
}));
vi.mock('@tauri-apps/api/event', () => ({ listen }));

const { desk } = bridge;
const question: ChartQuestion = {
  dashboard: 'overview', tile: 'line participants/2', mode: 'dark', width: 640, height: 288, period: '2026-Q3', programme: null, locale: 'uk', seq: 5310,
};

beforeEach(() => {
  invoke.mockReset().mockResolvedValue(null);
  listen.mockReset();
});

describe('commands', () => {
  const request = { report: 'r-1', pdf: true, pptx: false, png: false, wide: false, since: null, folder: null, locale: null };
  const dashboard = { id: 'd', version: 2, title: { en: 'T', nb: 'T', uk: 'T' }, order: 1, tiles: [] };
  const note = { id: null, figure: null, report: 'r-1', section: 'summary', quote: null, text: 'Ask.', shared: false };
  it.each<[string, () => Promise<unknown>, unknown[]]>([
    ['session', () => desk.session(), ['session']],
    ['signIn', () => desk.signIn({ server: 's', email: 'e', password: 'p' }), ['sign_in', { server: 's', email: 'e', password: 'p' }]],
    ['unlock', () => desk.unlock(), ['unlock']],
    ['lock', () => desk.lock(), ['lock']],
    ['signOut', () => desk.signOut(), ['sign_out']],
    ['chooseTenant', () => desk.chooseTenant('t'), ['choose_tenant', { tenant: 't' }]],
    ['setPreferences', () => desk.setPreferences({ locale: 'nb', theme: 'dark' }), ['set_preferences', { locale: 'nb', theme: 'dark' }]],
    ['syncState', () => desk.syncState(), ['sync_state']],
    ['outbox', () => desk.outbox(), ['outbox']],
    ['dismissRefusal', () => desk.dismissRefusal('k-1'), ['dismiss_refusal', { key: 'k-1' }]],
    ['retrySync', () => desk.retrySync(), ['retry_sync']],
    ['copyAnew', () => desk.copyAnew(), ['copy_anew']],
    ['dashboards', () => desk.dashboards(null), ['dashboards', { asOf: null }]],
    ['dashboard', () => desk.dashboard({ id: 'd', period: null, programme: 'buddy', asOf: 7 }), ['dashboard', { id: 'd', period: null, programme: 'buddy', asOf: 7 }]],
    ['arrangement', () => desk.arrangement('d'), ['arrangement', { id: 'd' }]],
    ['arrangeDashboard', () => desk.arrangeDashboard(dashboard), ['arrange_dashboard', { dashboard }]],
    ['figure', () => desk.figure('f', 7), ['figure', { figure: 'f', asOf: 7 }]],
    ['chartHits', () => desk.chartHits(question), ['chart_hits', { address: 'overview/line%20participants%2F2.svg?mode=dark&w=640&h=288&period=2026-Q3&locale=uk&seq=5310' }]],
    ['saveChart', () => desk.saveChart(question), ['save_chart', { address: expect.stringContaining('overview/') as unknown }]],
    ['chartPng', () => desk.chartPng(question), ['chart_png', { address: expect.stringContaining('overview/') as unknown }]],
    ['screens', () => desk.screens(), ['screens']],
    ['present', () => desk.present({ dashboards: ['d'], report: null, period: null, asOf: null }, 's'), ['present', { request: { dashboards: ['d'], report: null, period: null, asOf: null }, screen: 's' }]],
    ['present_on', () => desk.presentOn(null), ['present_on', { screen: null }]],
    ['steer', () => desk.steer({ slide: 1, cover: 'none', dark: false, large: false, pointer: null, evidence: null }), ['steer', { scene: { slide: 1, cover: 'none', dark: false, large: false, pointer: null, evidence: null } }]],
    ['history', () => desk.history(), ['history']],
    ['moment', () => desk.moment({ seq: 4, at: null }), ['moment', { seq: 4, at: null }]],
    ['compare', () => desk.compare({ before: 1, after: 2 }), ['compare', { before: 1, after: 2 }]],
    ['end_show', () => desk.endShow(), ['end_show']],
    ['audience', () => desk.audience(), ['audience']],
    ['audience_key', () => desk.audienceKey('b'), ['audience_key', { key: 'b' }]],
    ['reports', () => desk.reports(null), ['reports', { asOf: null }]],
    ['exportPack', () => desk.exportPack(request, () => undefined), ['export_pack', { request, channel: expect.anything() as unknown }]],
    ['cancelExport', () => desk.cancelExport(), ['cancel_export']],
    ['verify', () => desk.verify(null), ['verify', { path: null }]],
    ['report', () => desk.report('r-1', 7), ['report', { id: 'r-1', asOf: 7 }]],
    ['newReport', () => desk.newReport(), ['new_report']],
    ['draftReport', () => desk.draftReport({ template: 'annual', period: '2026', title: 'T', sections: ['letter'] }), ['draft_report', { template: 'annual', period: '2026', title: 'T', sections: ['letter'] }]],
    ['reviseReport', () => desk.reviseReport({ id: 'r-1', version: 2, title: 'T', sections: [] }), ['revise_report', { id: 'r-1', version: 2, title: 'T', sections: [] }]],
    ['moveReport', () => desk.moveReport({ id: 'r-1', version: 2, step: 'approve', reason: '' }), ['move_report', { id: 'r-1', version: 2, step: 'approve', reason: '' }]],
    ['checkSection', () => desk.checkSection({ type: 'doc', content: [] }), ['check_section', { narrative: { type: 'doc', content: [] } }]],
    ['citables', () => desk.citables('r-1'), ['citables', { report: 'r-1' }]],
    ['keepDraft', () => desk.keepDraft({ id: 'r-1', version: 2, title: 'T', sections: [] }), ['keep_draft', { id: 'r-1', version: 2, title: 'T', sections: [] }]],
    ['forgetDraft', () => desk.forgetDraft('r-1'), ['forget_draft', { id: 'r-1' }]],
    ['preview', () => desk.preview(request, null), ['preview', { request, text: null }]],
    ['exports', () => desk.exports(), ['exports']],
    ['news', () => desk.news(), ['news']],
    ['sawNews', () => desk.sawNews(), ['saw_news']],
    ['openedLink', () => desk.openedLink(), ['opened_link']],
    ['notes', () => desk.notes(), ['notes']],
    ['writeNote', () => desk.writeNote(note), ['write_note', { request: note }]],
    ['removeNote', () => desk.removeNote('n-1'), ['remove_note', { id: 'n-1' }]],
    ['checkReady', () => desk.checkReady('2026-11-27T12:00:00Z', () => undefined), ['check_ready', { until: '2026-11-27T12:00:00Z', channel: expect.anything() as unknown }]],
    ['lastReady', () => desk.lastReady(), ['last_ready']],
    ['policy', () => desk.policy(), ['policy']],
    ['setLockAfter', () => desk.setLockAfter(30), ['set_lock_after', { minutes: 30 }]],
    ['benchmarkConsent', () => desk.benchmarkConsent(), ['benchmark_consent']],
    ['setBenchmarkConsent', () => desk.setBenchmarkConsent(true), ['set_benchmark_consent', { given: true }]],
    ['device', () => desk.device(), ['device']],
    ['diagnostics', () => desk.diagnostics(), ['diagnostics']],
    ['saveDiagnostics', () => desk.saveDiagnostics(), ['save_diagnostics']],
    ['openPath', () => desk.openPath('/tmp/a.pdf'), ['open_path', { path: '/tmp/a.pdf' }]],
  ])('%s', async (_, call, wanted) => {
    await call();
    expect(invoke.mock.calls).toEqual([wanted]);
  });

  it('are all listed above', () => {
    expect(Object.keys(desk)).toHaveLength(61);
  });

  it('hand on the progress of an export', async () => {
    const heard = vi.fn();
    await desk.exportPack(request, heard);
    channels.at(-1)?.onmessage?.({ percent: 40, step: 'Drawing' });
    expect(heard).toHaveBeenCalledWith({ percent: 40, step: 'Drawing' });
  });
});

describe('pages', () => {
  it('have an address of their preview', () => {
    expect(bridge.page('0af1', 3)).toBe('chart://localhost/preview/0af1/3.png');
  });
});

describe('charts', () => {
  it('have an address that names everything that decides the picture', () => {
    expect(bridge.chart(question)).toBe(
      'chart://localhost/overview/line%20participants%2F2.svg?mode=dark&w=640&h=288&period=2026-Q3&locale=uk&seq=5310',
    );
    expect(bridge.chart({ ...question, programme: 'språk & kafé' })).toContain('&programme=spr%C3%A5k+%26+kaf%C3%A9&');
  });
});

describe('news', () => {
  it('is unpacked, and stops when asked', async () => {
    const stop = vi.fn();
    listen.mockResolvedValue(stop);
    const heard = vi.fn();
    const quiet = bridge.on('changed', heard);
    (listen.mock.calls[0]?.[1] as (event: unknown) => void)({ payload: { seq: 7 } });
    quiet();
    await Promise.resolve();
    await Promise.resolve();
    expect(listen.mock.calls[0]?.[0]).toBe('changed');
    expect(heard).toHaveBeenCalledWith({ seq: 7 });
    expect(stop).toHaveBeenCalledOnce();
  });
});

describe('faults', () => {
  it('pass as they are', () => {
    const fault = { code: 'vault.key_wrong', message: 'No.', detail: 'x' };
    expect(toFault(fault)).toEqual(fault);
  });

  it.each([[null], [undefined], ['text'], [42], [{ code: 'only' }], [new TypeError('boom')]])('get a code from %o', (reason) => {
    expect(toFault(reason).code).toBe('window.unexpected');
  });
});

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
    ['figure', () => desk.figure('f', 7), ['figure', { figure: 'f', asOf: 7 }]],
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
    ['openPath', () => desk.openPath('/tmp/a.pdf'), ['open_path', { path: '/tmp/a.pdf' }]],
  ])('%s', async (_, call, wanted) => {
    await call();
    expect(invoke.mock.calls).toEqual([wanted]);
  });

  it('are all listed above', () => {
    expect(Object.keys(desk)).toHaveLength(30);
  });

  it('hand on the progress of an export', async () => {
    const heard = vi.fn();
    await desk.exportPack(request, heard);
    channels.at(-1)?.onmessage?.({ percent: 40, step: 'Drawing' });
    expect(heard).toHaveBeenCalledWith({ percent: 40, step: 'Drawing' });
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

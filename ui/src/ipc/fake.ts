// A bridge without a core: sample data, small delays, and scenes chosen in the address bar. For tests and `npm run dev`.
import type { ArrangementView } from '../bindings/ArrangementView';
import type { ExportProgress } from '../bindings/ExportProgress';
import type { FaultView } from '../bindings/FaultView';
import type { Locale } from '../bindings/Locale';
import type { PersonView } from '../bindings/PersonView';
import type { SessionState } from '../bindings/SessionState';
import type { SessionView } from '../bindings/SessionView';
import type { SyncState } from '../bindings/SyncState';
import type { SyncView } from '../bindings/SyncView';
import type { ThemeChoice } from '../bindings/ThemeChoice';
import type { Bridge, Desk, News } from './desk';
import { fakeChart } from './fake-chart';
import * as data from './fake-data';
import { deckOf, presenting } from './fake-present';
import { fakePage, writing } from './fake-writing';

/** What the fake starts as. */
export interface Scene {
  state: SessionState;
  sync: SyncState;
  theme: ThemeChoice;
  locale: Locale;
  /** Milliseconds each answer takes. */
  delay: number;
  /** Minutes since the last contact. */
  silent: number;
  /** The command that fails, if one should. */
  fails: string | null;
  /** Whether a change of this device was refused. */
  refused: boolean;
  /** Whether verified files hold. */
  valid: boolean;
}

const person: PersonView = {
  id: 'p-kari', name: 'Kari Nordmann', role: 'DIRECTOR', mayExport: true, mayExportDrafts: false, mayWrite: true, mayArrange: true, maySeeEvidence: true,
};
const SEQ = 5310;
const wait = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** A bridge over sample data, with a handle to speak as the core. */
export function createFake(scene: Partial<Scene> = {}): Bridge & { tell<K extends keyof News>(name: K, news: News[K]): void } {
  const { state, sync, theme, locale, delay, silent, fails, refused, valid }: Scene = {
    state: 'open', sync: 'live', theme: 'system', locale: 'en', delay: 0, silent: 0, fails: null, refused: false, valid: true, ...scene,
  };
  const listeners: { [K in keyof News]: Set<(news: News[K]) => void> } = { sync: new Set(), changed: new Set(), locked: new Set(), opened: new Set(), screens: new Set(), scene: new Set(), 'audience-key': new Set() };
  const session: SessionView = {
    state, server: state === 'signed_out' ? null : 'https://board.fjordlys.example', email: state === 'signed_out' ? null : 'kari@fjordlys.example',
    person: state === 'open' ? person : null, tenants: state === 'open' ? data.tenants : [],
    tenant: state === 'open' ? (data.tenants[0] ?? null) : null, locale, theme,
  };
  let unseen = refused;
  const contact = (): SyncView => ({
    state: sync, cursor: sync === 'catching_up' ? 1204 : SEQ, head: SEQ, unsent: sync === 'offline' ? 2 : 0, refused: unseen ? 1 : 0,
    lastContact: sync === 'idle' ? null : new Date(Date.now() - silent * 60_000).toISOString(), stale: silent >= 5,
    progress: sync === 'catching_up' ? { what: 'history', done: 1204, of: SEQ } : null,
    detail: sync === 'refused' ? 'The server says this device was signed out by an administrator.' : null,
    code: sync === 'refused' ? 'sync.device_revoked' : null,
  });
  let cancelled = false;
  /** What was arranged since the start. */
  const arranged: Record<string, ArrangementView> = {};

  const answer = async <T>(command: string, make: () => T): Promise<T> => {
    await wait(delay);
    if (fails === command) {
      throw { code: 'wire.unreachable', message: 'The server cannot be reached. Check the network and try again.', detail: 'connect: connection refused (os error 111)' } satisfies FaultView;
    }
    return structuredClone(make());
  };
  const changed = (change: Partial<SessionView>) => Object.assign(session, change);
  const open = () => changed({ state: 'open', person, tenants: data.tenants, tenant: data.tenants[0] ?? null });

  const desk: Desk = {
    session: () => answer('session', () => session),
    signIn: ({ server, email }) => answer('sign_in', () => Object.assign(open(), { server, email })),
    unlock: () => answer('unlock', open),
    lock: () => answer('lock', () => changed({ state: 'locked', person: null, tenants: [], tenant: null })),
    signOut: () => answer('sign_out', () => changed({ state: 'signed_out', person: null, tenants: [], tenant: null })),
    chooseTenant: (tenant) => answer('choose_tenant', () => changed({ tenant: data.tenants.find(({ id }) => id === tenant) ?? null })),
    setPreferences: (preferences) => answer('set_preferences', () => changed(preferences)),
    syncState: () => answer('sync_state', contact),
    retrySync: () => answer('retry_sync', () => ({ ...contact(), state: 'connecting' as const })),
    copyAnew: () => answer('copy_anew', () => ({ ...contact(), state: 'catching_up' as const, code: null, detail: null })),
    dashboards: () => answer('dashboards', () => Object.entries(data.dashboardTitles).map(([id, title]) => ({ id, title: title[session.locale] }))),
    dashboard: ({ id, period, programme }) =>
      answer('dashboard', () => data.dashboard(session.locale, id, session.tenant?.name ?? '', period ?? '2026-Q3', programme, SEQ, Date.now())),
    arrangement: (id) => answer('arrangement', () => arranged[id] ?? data.arrangement(session.locale, id)),
    arrangeDashboard: (dashboard) => answer('arrange_dashboard', () => { arranged[dashboard.id] = { ...data.arrangement(session.locale, dashboard.id), dashboard: { ...dashboard, version: dashboard.version + 1 } }; }),
    figure: (figure) => answer('figure', () => data.figure(session.locale, figure, Date.now())),
    chartHits: ({ width, height }) => answer('chart_hits', () => data.hits(width, height)),
    chartPng: () => answer('chart_png', () => new Blob(['picture'], { type: 'image/png' })),
    saveChart: () => answer('save_chart', () => '/home/kari/Documents/Chart_2026-Q3_overview_participants.png'),
    reports: () => answer('reports', () => data.reports(session.locale)),
    history: () => answer('history', () => data.history(session.locale, SEQ)),
    moment: ({ seq, at }) => answer('moment', () => data.moment(session.locale, SEQ, seq, at)),
    compare: () => answer('compare', () => data.changes),
    outbox: () => answer('outbox', () => data.outbox(unseen, sync === 'offline')),
    dismissRefusal: () => answer('dismiss_refusal', () => data.outbox((unseen = false), sync === 'offline')),
    async exportPack(request, onProgress: (progress: ExportProgress) => void) {
      cancelled = false;
      for (let percent = 0; percent <= 100; percent += 5) {
        onProgress({ percent, step: percent < 40 ? 'Drawing charts' : percent < 80 ? 'Writing pages' : 'Signing' });
        await wait(delay / 4);
        if (cancelled) throw { code: 'export.cancelled', message: 'The export was cancelled.', detail: '' } satisfies FaultView;
      }
      return answer('export_pack', () => ({
        files: data.packFiles.filter(({ path }) => (path.endsWith('.pdf') ? request.pdf : request.pptx)), tookMs: 1284,
      }));
    },
    cancelExport: async () => {
      cancelled = true;
      await wait(0);
    },
    verify: (path) => answer('verify', () => data.verification(path ?? data.packFiles[0]?.path ?? '', valid)),
    openPath: () => answer('open_path', () => undefined),
    ...writing(answer, () => session.locale, () => session.server),
    ...presenting(answer, () => deckOf(data.dashboard(session.locale, 'overview', session.tenant?.name ?? '', '2026-Q3', null, SEQ, Date.now()), session.locale)),
  };

  return {
    desk,
    chart: fakeChart,
    page: fakePage,
    on(name, heard) {
      listeners[name].add(heard);
      return () => listeners[name].delete(heard);
    },
    tell(name, news) {
      for (const heard of listeners[name]) heard(news);
    },
  };
}

const asked = typeof location === 'undefined' ? new URLSearchParams() : new URLSearchParams(location.search);
const given = Object.fromEntries(asked) as Record<string, string>;

/** The bridge of `npm run dev`, for example `?sync=offline&silent=12&locale=uk&theme=dark`. */
export const bridge: Bridge = createFake({
  ...(given as Partial<Scene>),
  delay: Number(given.delay ?? 250),
  silent: Number(given.silent ?? 4),
  refused: 'refused' in given,
  valid: given.valid !== 'false',
});

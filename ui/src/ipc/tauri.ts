// The real bridge: Tauri commands, events and the chart scheme. No logic of its own.
import { Channel, convertFileSrc, invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import type { ExportProgress } from '../bindings/ExportProgress';
import type { ReadyLine } from '../bindings/ReadyLine';
import type { Bridge, ChartQuestion, Desk } from './desk';

const desk: Desk = {
  session: () => invoke('session'),
  signIn: (credentials) => invoke('sign_in', { ...credentials }),
  unlock: () => invoke('unlock'),
  lock: () => invoke('lock'),
  signOut: () => invoke('sign_out'),
  chooseTenant: (tenant) => invoke('choose_tenant', { tenant }),
  setPreferences: (preferences) => invoke('set_preferences', { ...preferences }),
  syncState: () => invoke('sync_state'),
  retrySync: () => invoke('retry_sync'),
  copyAnew: () => invoke('copy_anew'),
  dashboards: (asOf) => invoke('dashboards', { asOf }),
  dashboard: (question) => invoke('dashboard', { ...question }),
  arrangement: (id) => invoke('arrangement', { id }),
  arrangeDashboard: (dashboard) => invoke('arrange_dashboard', { dashboard }),
  figure: (figure, asOf) => invoke('figure', { figure, asOf }),
  chartHits: (question) => invoke('chart_hits', { address: address(question) }),
  saveChart: (question) => invoke('save_chart', { address: address(question) }),
  chartPng: async (question) => {
    const png: ArrayBuffer = await invoke('chart_png', { address: address(question) });
    return new Blob([png], { type: 'image/png' });
  },
  reports: (asOf) => invoke('reports', { asOf }),
  history: () => invoke('history'),
  moment: (question) => invoke('moment', { ...question }),
  compare: (positions) => invoke('compare', { ...positions }),
  outbox: () => invoke('outbox'),
  dismissRefusal: (key) => invoke('dismiss_refusal', { key }),
  exportPack: (request, onProgress) => {
    const channel = new Channel<ExportProgress>();
    channel.onmessage = onProgress;
    return invoke('export_pack', { request, channel });
  },
  cancelExport: () => invoke('cancel_export'),
  verify: (path) => invoke('verify', { path }),
  openPath: (path) => invoke('open_path', { path }),
  screens: () => invoke('screens'),
  present: (request, screen) => invoke('present', { request, screen }),
  presentOn: (screen) => invoke('present_on', { screen }),
  steer: (scene) => invoke('steer', { scene }),
  endShow: () => invoke('end_show'),
  audience: () => invoke('audience'),
  audienceKey: (key) => invoke('audience_key', { key }),
  report: (id, asOf) => invoke('report', { id, asOf }),
  newReport: () => invoke('new_report'),
  draftReport: (report) => invoke('draft_report', { ...report }),
  reviseReport: (text) => invoke('revise_report', { ...text }),
  moveReport: (move) => invoke('move_report', { ...move }),
  checkSection: (narrative) => invoke('check_section', { narrative }),
  citables: (report) => invoke('citables', { report }),
  keepDraft: (text) => invoke('keep_draft', { ...text }),
  forgetDraft: (id) => invoke('forget_draft', { id }),
  preview: (request, text) => invoke('preview', { request, text }),
  exports: () => invoke('exports'),
  news: () => invoke('news'),
  sawNews: () => invoke('saw_news'),
  openedLink: () => invoke('opened_link'),
  notes: () => invoke('notes'),
  writeNote: (request) => invoke('write_note', { request }),
  removeNote: (id) => invoke('remove_note', { id }),
  checkReady: (until, onLine) => {
    const channel = new Channel<ReadyLine>();
    channel.onmessage = onLine;
    return invoke('check_ready', { until, channel });
  },
  lastReady: () => invoke('last_ready'),
  policy: () => invoke('policy'),
  setLockAfter: (minutes) => invoke('set_lock_after', { minutes }),
  benchmarkConsent: () => invoke('benchmark_consent'),
  setBenchmarkConsent: (given) => invoke('set_benchmark_consent', { given }),
  device: () => invoke('device'),
  diagnostics: () => invoke('diagnostics'),
  saveDiagnostics: () => invoke('save_diagnostics'),
};

/** Everything that decides the picture of a chart, as path and query. */
function address(question: ChartQuestion): string {
  const query = new URLSearchParams({
    mode: question.mode,
    w: String(question.width),
    h: String(question.height),
    period: question.period,
  });
  if (question.programme !== null) query.set('programme', question.programme);
  // The core draws in the language of the session; naming it here makes the address differ when it changes.
  query.set('locale', question.locale);
  query.set('seq', String(question.seq));
  return `${encodeURIComponent(question.dashboard)}/${encodeURIComponent(question.tile)}.svg?${query}`;
}

// The scheme is spelled differently per platform; the last part is asked for alone because it must not be encoded.
const chart = (question: ChartQuestion): string => `${convertFileSrc('', 'chart')}${address(question)}`;

export const bridge: Bridge = {
  desk,
  chart,
  page: (preview, number) => `${convertFileSrc('', 'chart')}preview/${preview}/${number}.png`,
  on(name, heard) {
    const stopping = listen<Parameters<typeof heard>[0]>(name, (event) => {
      heard(event.payload);
    });
    return () => void stopping.then((stop) => stop());
  },
};

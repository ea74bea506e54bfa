// What the window asks of the core, and what the core tells it. The contract only; it holds no transport.
import type { ArrangementView } from '../bindings/ArrangementView';
import type { Dashboard } from '../bindings/Dashboard';
import type { DashboardBrief } from '../bindings/DashboardBrief';
import type { DashboardView } from '../bindings/DashboardView';
import type { DiffView } from '../bindings/DiffView';
import type { ExportProgress } from '../bindings/ExportProgress';
import type { ExportRequest } from '../bindings/ExportRequest';
import type { ExportView } from '../bindings/ExportView';
import type { FaultView } from '../bindings/FaultView';
import type { FigureView } from '../bindings/FigureView';
import type { Hit } from '../bindings/Hit';
import type { HistoryView } from '../bindings/HistoryView';
import type { Locale } from '../bindings/Locale';
import type { MomentView } from '../bindings/MomentView';
import type { OutboxView } from '../bindings/OutboxView';
import type { ReportBrief } from '../bindings/ReportBrief';
import type { SessionView } from '../bindings/SessionView';
import type { SyncView } from '../bindings/SyncView';
import type { ThemeChoice } from '../bindings/ThemeChoice';
import type { VerifyView } from '../bindings/VerifyView';
import type { Presenting, Scene, Screen } from './present';
import type { Writing } from './writing';

/** The commands of the core. Every one rejects with a `FaultView`. */
export interface Desk extends Presenting, Writing {
  session(): Promise<SessionView>;
  signIn(credentials: { server: string; email: string; password: string }): Promise<SessionView>;
  unlock(): Promise<SessionView>;
  lock(): Promise<SessionView>;
  signOut(): Promise<SessionView>;
  chooseTenant(tenant: string): Promise<SessionView>;
  setPreferences(preferences: { locale: Locale; theme: ThemeChoice }): Promise<SessionView>;
  syncState(): Promise<SyncView>;
  retrySync(): Promise<SyncView>;
  /** Fetches a new copy of what the server has now, although its history is not the one on this device. */
  copyAnew(): Promise<SyncView>;
  /** `asOf` of this and the next ones is an earlier position of the log; `null` reads what is newest. */
  dashboards(asOf: number | null): Promise<DashboardBrief[]>;
  dashboard(question: { id: string; period: string | null; programme: string | null; asOf: number | null }): Promise<DashboardView>;
  /** What a dashboard is made of, for those who may arrange it. */
  arrangement(id: string): Promise<ArrangementView>;
  /** Arranges it anew; refused where somebody else did meanwhile. */
  arrangeDashboard(dashboard: Dashboard): Promise<void>;
  figure(figure: string, asOf: number | null): Promise<FigureView>;
  /** Where each value lies in the picture of a chart. */
  chartHits(question: ChartQuestion): Promise<Hit[]>;
  /** Writes the picture of a chart as a file; answers with its path. */
  saveChart(question: ChartQuestion): Promise<string>;
  /** The same picture, to be copied. */
  chartPng(question: ChartQuestion): Promise<Blob>;
  reports(asOf: number | null): Promise<ReportBrief[]>;
  /** The course of the log, as far back as this device can show it. */
  history(): Promise<HistoryView>;
  /** The moment at a position, or the last one not after a time. */
  moment(question: { seq: number | null; at: string | null }): Promise<MomentView>;
  /** What moved between two positions. */
  compare(positions: { before: number; after: number }): Promise<DiffView>;
  /** Commands without an answer, and those refused. */
  outbox(): Promise<OutboxView>;
  dismissRefusal(key: string): Promise<OutboxView>;
  exportPack(request: ExportRequest, onProgress: (progress: ExportProgress) => void): Promise<ExportView>;
  cancelExport(): Promise<void>;
  /** `null` opens a file dialog; the answer is `null` when that was cancelled. */
  verify(path: string | null): Promise<VerifyView | null>;
  /** Shows a file that this app wrote in the file manager. */
  openPath(path: string): Promise<void>;
}

/** What the core says unasked. */
export interface News {
  sync: SyncView;
  changed: { seq: number };
  /** The copy was without contact for longer than it may be, and is locked. */
  locked: null;
  /** The app was opened by a link. */
  opened: null;
  /** The screens of this computer, or who is on them, changed during a show. */
  screens: Screen[];
  /** For the audience's window: what the presenter puts on the stage. */
  scene: Scene;
  /** A key that was pressed in the audience's window. */
  'audience-key': string;
}

/** A picture of a chart; equal questions have equal answers for the same `seq`. */
export interface ChartQuestion {
  dashboard: string;
  tile: string;
  mode: 'light' | 'dark';
  /** CSS pixels. */
  width: number;
  height: number;
  period: string;
  programme: string | null;
  locale: Locale;
  seq: number;
}

/** The seam to the core: one real, one fake. */
export interface Bridge {
  desk: Desk;
  /** Listens until the returned function is called. */
  on<K extends keyof News>(name: K, heard: (news: News[K]) => void): () => void;
  /** The address of a chart for an `<img>`. */
  chart(question: ChartQuestion): string;
  /** The address of a page of a preview, counted from 1. */
  page(preview: string, number: number): string;
}

/** Reads whatever a command rejected with as a fault, so that nothing is shown without a code. */
export function toFault(reason: unknown): FaultView {
  if (typeof reason === 'object' && reason !== null && 'code' in reason && 'message' in reason) {
    const { code, message } = reason;
    const detail = 'detail' in reason && typeof reason.detail === 'string' ? reason.detail : '';
    return { code: String(code), message: String(message), detail };
  }
  if (reason instanceof Error) {
    return { code: 'window.unexpected', message: '', detail: `${reason.name}: ${reason.message}\n${reason.stack ?? ''}`.trim() };
  }
  return { code: 'window.unexpected', message: '', detail: String(reason) };
}

// What reports, packs, notes, the meeting check and the settings ask of the core. The contract only.
import type { CitablesView } from '../bindings/CitablesView';
import type { ConsentView } from '../bindings/ConsentView';
import type { DeviceView } from '../bindings/DeviceView';
import type { doc } from '../bindings/doc';
import type { ExportEntry } from '../bindings/ExportEntry';
import type { ExportRequest } from '../bindings/ExportRequest';
import type { Link } from '../bindings/Link';
import type { NewReportView } from '../bindings/NewReportView';
import type { NewsView } from '../bindings/NewsView';
import type { NoteRequest } from '../bindings/NoteRequest';
import type { NoteView } from '../bindings/NoteView';
import type { PolicyView } from '../bindings/PolicyView';
import type { PreviewView } from '../bindings/PreviewView';
import type { ReadyLine } from '../bindings/ReadyLine';
import type { ReadyView } from '../bindings/ReadyView';
import type { ReportMove } from '../bindings/ReportMove';
import type { ReportView } from '../bindings/ReportView';
import type { SectionFault } from '../bindings/SectionFault';
import type { Template } from '../bindings/Template';
import type { UnsavedText } from '../bindings/UnsavedText';

/** A report's text at the version it was read. */
export interface Text extends UnsavedText {
  id: string;
  version: number;
}

export interface Writing {
  report(id: string, asOf: number | null): Promise<ReportView>;
  newReport(): Promise<NewReportView>;
  /** Answers with the new report's id. */
  draftReport(report: { template: Template; period: string; title: string; sections: string[] }): Promise<string>;
  reviseReport(text: Text): Promise<ReportView>;
  moveReport(move: { id: string; version: number; step: ReportMove; reason: string }): Promise<ReportView>;
  /** What keeps a text from being submitted. */
  checkSection(narrative: doc): Promise<SectionFault[]>;
  citables(report: string): Promise<CitablesView>;
  /** Keeps text on this device that is not saved. */
  keepDraft(text: Text): Promise<void>;
  forgetDraft(id: string): Promise<void>;
  preview(request: ExportRequest, text: UnsavedText | null): Promise<PreviewView>;
  exports(): Promise<ExportEntry[]>;
  /** What others did. */
  news(): Promise<NewsView>;
  sawNews(): Promise<NewsView>;
  /** A link that opened the app and was not followed yet. */
  openedLink(): Promise<Link | null>;
  notes(): Promise<NoteView[]>;
  writeNote(request: NoteRequest): Promise<NoteView[]>;
  removeNote(id: string): Promise<NoteView[]>;
  checkReady(until: string, onLine: (line: ReadyLine) => void): Promise<ReadyView>;
  lastReady(): Promise<ReadyView | null>;
  policy(): Promise<PolicyView>;
  setLockAfter(minutes: number | null): Promise<PolicyView>;
  /** Whether the company is counted in benchmarks. */
  benchmarkConsent(): Promise<ConsentView>;
  setBenchmarkConsent(given: boolean): Promise<ConsentView>;
  device(): Promise<DeviceView>;
  diagnostics(): Promise<string>;
  /** Answers with the path it was saved at. */
  saveDiagnostics(): Promise<string>;
}

// Reports, notes, the meeting check and the settings over sample data, for tests and `npm run dev`.
import type { ConsentView } from '../bindings/ConsentView';
import type { doc } from '../bindings/doc';
import type { Inline } from '../bindings/Inline';
import type { Locale } from '../bindings/Locale';
import type { NarrativeBlock } from '../bindings/NarrativeBlock';
import type { NewsView } from '../bindings/NewsView';
import type { NoteView } from '../bindings/NoteView';
import type { PolicyView } from '../bindings/PolicyView';
import type { ReadyLine } from '../bindings/ReadyLine';
import type { ReadyView } from '../bindings/ReadyView';
import type { ReportView } from '../bindings/ReportView';
import type { SectionFault } from '../bindings/SectionFault';
import type { StepView } from '../bindings/StepView';
import * as data from './fake-data';
import type { Writing } from './writing';

type Words = Record<Locale, string>;
const SECTIONS: [string, Words][] = [
  ['summary', { en: 'Executive summary', nb: 'Sammendrag', uk: 'Стислий огляд' }],
  ['highlights', { en: 'Programme highlights', nb: 'Høydepunkter fra programmene', uk: 'Головне у програмах' }],
  ['outcomes', { en: 'Outcome analysis', nb: 'Resultatanalyse', uk: 'Аналіз результатів' }],
  ['value', { en: 'SROI and value creation', nb: 'SROI og verdiskaping', uk: 'SROI та створення цінності' }],
  ['outlook', { en: 'Outlook', nb: 'Utsikter', uk: 'Перспективи' }],
];
const TEXT: Words = {
  en: 'Participation rose in every programme this quarter, and the language cafés reached more people than in any quarter before.',
  nb: 'Deltakelsen økte i alle programmer dette kvartalet, og språkkafeene nådde flere enn i noe tidligere kvartal.',
  uk: 'Цього кварталу участь зросла в усіх програмах, а мовні кав’ярні охопили більше людей, ніж будь-коли раніше.',
};
const OUTLOOK: Words = {
  en: 'Next quarter the buddy programme opens in Tromsø, and we expect it to need twelve new volunteers before the winter.',
  nb: 'Neste kvartal åpner fadderordningen i Tromsø, og vi venter at den trenger tolv nye frivillige før vinteren.',
  uk: 'Наступного кварталу програма напарників відкриється в Тромсе, і до зими їй потрібно буде дванадцять нових волонтерів.',
};
const cited: Inline = { type: 'text', text: '', marks: [{ type: 'citation', attrs: { evidence: 'ev-41' } }] };
const paragraph = (...content: Inline[]): NarrativeBlock => ({ type: 'paragraph', content });
const narrative = (locale: Locale, id: string): doc => {
  if (id === 'outlook') return { type: 'doc', content: [paragraph({ type: 'text', text: OUTLOOK[locale] })] };
  return {
    type: 'doc',
    content: [
      { type: 'heading', attrs: { level: 2 }, content: [{ type: 'text', text: SECTIONS.find(([section]) => section === id)?.[1][locale] ?? id }] },
      paragraph({ ...cited, text: TEXT[locale] } as Inline, { type: 'text', text: ' ' }, { type: 'figure', attrs: { figure: 'sroi/2026-Q3/all' } }),
    ],
  };
};
const UNCITED: Words = {
  en: 'Paragraph 1 has more than 10 words and cites no evidence.', nb: 'Avsnitt 1 har mer enn 10 ord og viser ikke til dokumentasjon.', uk: 'Абзац 1 має понад 10 слів і не посилається на свідчення.',
};
const EMPTY: Words = { en: 'Write something here, or leave the section out.', nb: 'Skriv noe her, eller utelat avsnittet.', uk: 'Напишіть щось тут або вилучіть розділ.' };
const SUBMIT: Words = { en: 'Submit for review', nb: 'Send til vurdering', uk: 'Подати на розгляд' };
const APPROVE: Words = { en: 'Approve', nb: 'Godkjenn', uk: 'Затвердити' };
const CHANGES: Words = { en: 'Ask for changes', nb: 'Be om endringer', uk: 'Попросити змін' };
const READY: [string, Words, ReadyLine['state'], string, Words][] = [
  ['unlock', { en: 'Unlocks without the network', nb: 'Låses opp uten nett', uk: 'Розблоковується без мережі' }, 'passed', '', { en: '', nb: '', uk: '' }],
  ['complete', { en: 'Everything has arrived', nb: 'Alt har kommet fram', uk: 'Усе надійшло' }, 'passed', '5,310 / 5,310', { en: '', nb: '', uk: '' }],
  ['export', { en: 'A pack can be made and verified', nb: 'En pakke kan lages og kontrolleres', uk: 'Пакет можна створити й перевірити' }, 'passed', 'Quarterly impact report, 18', { en: '', nb: '', uk: '' }],
  ['screens', { en: 'Screens', nb: 'Skjermer', uk: 'Екрани' }, 'warned', '1440 × 900', {
    en: 'Connect the projector to present with notes, or present on one screen.', nb: 'Koble til projektoren for å presentere med notater, eller presenter på én skjerm.', uk: 'Під’єднайте проєктор, щоб показувати з нотатками, або показуйте на одному екрані.',
  }],
];

const PIXEL = 'data:image/svg+xml;charset=utf-8,';
/** A page as the fake draws it. */
export function fakePage(_: string, number: number): string {
  const lines = Array.from({ length: 14 }, (_line, index) => `<rect x="60" y="${150 + index * 36}" width="${index % 4 === 3 ? 300 : 474}" height="10" rx="5" fill="#d5dee6"/>`).join('');
  return PIXEL + encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" width="595" height="842" viewBox="0 0 595 842"><rect width="595" height="842" fill="#fff"/><rect x="60" y="70" width="260" height="26" rx="6" fill="#0e7c86"/>${lines}<text x="535" y="800" font-family="sans-serif" font-size="13" text-anchor="end" fill="#47576a">${number}</text></svg>`);
}

/** Everything but what shows data, without a core. */
export function writing(answer: <T>(command: string, make: () => T) => Promise<T>, locale: () => Locale, server: () => string | null): Writing {
  const edited = new Map<string, { title: string; version: number; sections: ReportView['sections']; status: string }>();
  const faults = (text: doc): SectionFault[] => {
    const words = JSON.stringify(text);
    if (text.content.length === 0 || !words.includes('"text":')) return [{ block: null, words: EMPTY[locale()] }];
    return words.includes('citation') || words.length < 160 ? [] : [{ block: 0, words: UNCITED[locale()] }];
  };
  const view = (id: string): ReportView => {
    const known = data.reports(locale()).find((report) => report.id === id) ?? { title: id, version: 1, status: 'draft', statusLabel: 'Draft', periodLabel: 'Q3 2026' };
    const state = edited.get(id);
    const status = state?.status ?? known.status;
    const sections = state?.sections ?? SECTIONS.map(([section, title]) => {
      const text = status === 'draft' && section === 'value' ? null : narrative(locale(), section);
      return { id: section, title: title[locale()], narrative: text, faults: text ? faults(text) : [] };
    });
    const refused = sections.flatMap((section) => section.faults.map((fault) => `${section.title}: ${fault.words}`))[0] ?? null;
    const steps: StepView[] =
      status === 'draft' ? [{ step: 'submit', label: SUBMIT[locale()], needsReason: false, refused }]
      : status === 'in_review' ? [
          { step: 'approve', label: APPROVE[locale()], needsReason: false, refused: null },
          { step: 'request_changes', label: CHANGES[locale()], needsReason: true, refused: null },
        ]
      : [];
    return {
      id, title: state?.title ?? known.title, template: 'quarterly', templateLabel: { en: 'Quarterly report', nb: 'Kvartalsrapport', uk: 'Квартальний звіт' }[locale()], periodLabel: known.periodLabel,
      version: state?.version ?? known.version, status, statusLabel: known.statusLabel, author: 'Kari Nordmann',
      approved: status === 'approved' || status === 'locked' ? ['Ragnhild Berg', '2026-10-28T14:05:00Z'] : null,
      sections, mayEdit: status === 'draft', mayExport: true, steps, pending: false, kept: null,
      course: [
        { seq: 5101, at: '2026-10-12T08:00:00Z', who: 'Kari Nordmann', version: 1, statusLabel: 'Draft', reason: '' },
        { seq: 5240, at: '2026-10-20T12:30:00Z', who: 'Ragnhild Berg', version: known.version, statusLabel: known.statusLabel, reason: status === 'in_review' ? '' : 'Say where the hours come from.' },
      ],
      figures: [{ figure: 'sroi/2026-Q3/all', name: 'Social return on investment, All programmes, Q3 2026', value: '3.42:1' }],
    };
  };
  let notes: NoteView[] = [
    { id: 'n-1', author: 'Kari Nordmann', mine: true, anchor: { on: 'figure', figure: 'sroi/2026-Q3/all' }, text: 'Ask why it fell in Bergen.', shared: false, pending: false, about: 'Social return on investment, All programmes, Q3 2026', standing: 'here', words: '' },
    { id: 'n-2', author: 'Ragnhild Berg', mine: false, anchor: { on: 'passage', report: 'r-1', section: 'summary', quote: 'Participation rose in every programme' }, text: 'Which of them most?', shared: true, pending: false, about: 'Quarterly impact report: Executive summary', standing: 'changed', words: 'Participation rose in all programmes' },
    { id: 'n-3', author: 'Kari Nordmann', mine: true, anchor: { on: 'passage', report: 'r-4', section: 'outlook', quote: 'two new cafés in the spring' }, text: 'Did they open?', shared: false, pending: true, about: 'Quarterly impact report: Outlook', standing: 'gone', words: '' },
  ];
  let seen = false;
  const news = (): NewsView => ({
    unseen: seen ? 0 : 1,
    entries: [
      { seq: 5299, at: '2026-11-25T13:20:00Z', who: 'Ragnhild Berg', about: 'Quarterly impact report', words: 'Approved', kind: 'report', report: 'r-1', unseen: !seen },
      { seq: 5290, at: '2026-11-24T08:00:00Z', who: 'Ragnhild Berg', about: 'Quarterly impact report: Executive summary', words: 'Which of them most?', kind: 'note', report: 'r-1', unseen: false },
    ],
  });
  let lockAfter: number | null = null;
  let consent: ConsentView = { takesPart: true, waiting: null, mayChange: true };
  const policy = (): PolicyView => ({
    file: '/etc/boardroom/policy.json', by: 'Fjordlys IT',
    server: { value: server(), source: server() === null ? 'built_in' : 'enforced' },
    lockAfterMinutes: { value: lockAfter ?? 15, source: lockAfter === null ? 'built_in' : 'yours' },
    leaseHours: { value: 168, source: 'default' },
  });
  const lines = (): ReadyLine[] => READY.map(([code, label, state, found, advice]) => ({ code, label: label[locale()], state, found, advice: advice[locale()] }));
  let last: ReadyView | null = null;
  return {
    report: (id) => answer('report', () => view(id)),
    newReport: () => answer('new_report', () => ({
      templates: [
        { template: 'quarterly', label: 'Quarterly report', sections: SECTIONS.map(([id, title]) => [id, title[locale()]]) },
        { template: 'annual', label: 'Annual report', sections: [['letter', 'Letter from leadership']] },
      ],
      periods: [['2026-Q3', 'Q3 2026'], ['2026-Q2', 'Q2 2026'], ['2026', '2026']],
    })),
    draftReport: ({ title }) => answer('draft_report', () => {
      edited.set('r-new', { title, version: 1, sections: SECTIONS.map(([id, words]) => ({ id, title: words[locale()], narrative: { type: 'doc', content: [] }, faults: [] })), status: 'draft' });
      return 'r-new';
    }),
    reviseReport: ({ id, title, version, sections }) => answer('revise_report', () => {
      edited.set(id, {
        title, version: version + 1, status: 'draft',
        sections: SECTIONS.map(([section, words]) => {
          const text = sections.find((written) => written.id === section)?.narrative ?? null;
          return { id: section, title: words[locale()], narrative: text, faults: text ? faults(text) : [] };
        }),
      });
      return view(id);
    }),
    moveReport: ({ id, version, step }) => answer('move_report', () => {
      edited.set(id, { title: view(id).title, version, sections: view(id).sections, status: step === 'submit' ? 'in_review' : step === 'approve' ? 'approved' : 'changes_requested' });
      return view(id);
    }),
    checkSection: (text) => answer('check_section', () => faults(text)),
    citables: () => answer('citables', () => ({
      evidence: data.evidence,
      figures: data.cards(locale()).slice(0, 5).map(({ label, value }, index) => ({ figure: `fig-${index}/2026-Q3/all`, name: `${label}, Q3 2026`, value: value ?? '–' })),
    })),
    keepDraft: () => answer('keep_draft', () => undefined),
    forgetDraft: () => answer('forget_draft', () => undefined),
    preview: (request) => answer('preview', () => ({ key: '0af1', pages: 6, wide: request.wide })),
    exports: () => answer('exports', () => [
      { report: 'r-1', title: 'Quarterly impact report', version: 4, format: 'pdf', sha256: 'a1'.repeat(32), seq: 5308, at: '2026-11-20T09:10:00Z', who: 'Kari Nordmann', pending: true },
      { report: 'r-4', title: 'Quarterly impact report', version: 6, format: 'pptx', sha256: 'b2'.repeat(32), seq: 3120, at: '2026-08-02T07:40:00Z', who: 'Ragnhild Berg', pending: false },
    ]),
    news: () => answer('news', news),
    sawNews: () => answer('saw_news', () => { seen = true; return news(); }),
    openedLink: () => answer('opened_link', () => null),
    notes: () => answer('notes', () => notes),
    writeNote: (request) => answer('write_note', () => {
      const old = notes.find(({ id }) => id === request.id);
      const anchor: NoteView['anchor'] = request.figure !== null ? { on: 'figure', figure: request.figure } : { on: 'section', report: request.report ?? '', section: request.section ?? '' };
      const note: NoteView = { ...(old ?? { id: `n-${notes.length + 1}`, author: 'Kari Nordmann', mine: true, anchor, shared: request.shared, about: request.figure ?? `${request.report}: ${request.section}`, standing: 'here', words: '' }), text: request.text, pending: true };
      notes = [...notes.filter(({ id }) => id !== note.id), note];
      return notes;
    }),
    removeNote: (id) => answer('remove_note', () => (notes = notes.filter((note) => note.id !== id))),
    async checkReady(until, onLine) {
      for (const line of lines()) {
        await answer('ready_line', () => undefined);
        onLine(line);
      }
      last = { ready: true, at: '2026-11-26T09:00:00Z', until, company: 'Fjordlys Group', lines: lines() };
      return answer('check_ready', () => last as ReadyView);
    },
    lastReady: () => answer('last_ready', () => last),
    policy: () => answer('policy', policy),
    setLockAfter: (minutes) => answer('set_lock_after', () => { lockAfter = minutes; return policy(); }),
    benchmarkConsent: () => answer('benchmark_consent', () => consent),
    setBenchmarkConsent: (given) => answer('set_benchmark_consent', () => (consent = { ...consent, waiting: given })),
    device: () => answer('device', () => ({
      name: 'kari-laptop', version: '0.1.0', dataFolder: '/home/kari/.local/share/boardroom', documentsFolder: '/home/kari/Documents', bytes: 9_437_184,
      copies: [['Fjordlys Group', 5310], ['Fjordlys Marine AS', 1204]], leaseEnd: '2026-12-03T09:00:00Z', key: '5c'.repeat(32), certifiedUntil: '2026-12-10T09:00:00Z',
      others: [{ key: 'a7'.repeat(32), certifiedUntil: '2026-12-02T09:00:00Z', over: false }, { key: '19'.repeat(32), certifiedUntil: '2026-08-14T09:00:00Z', over: true }],
    })),
    diagnostics: () => answer('diagnostics', () => JSON.stringify({ made_at: '2026-11-26T09:00:00Z', app: { version: '0.1.0', os: 'linux' }, connection: { state: 'live' } }, null, 2)),
    saveDiagnostics: () => answer('save_diagnostics', () => '/home/kari/Documents/boardroom-diagnostics_2026-11-26.json'),
  };
}

// An invented company for the fake bridge: enough of every shape to see each screen. Not the demo tenant.
import type { BenchmarkView } from '../bindings/BenchmarkView';
import type { ArrangementView } from '../bindings/ArrangementView';
import type { DashboardView } from '../bindings/DashboardView';
import type { DiffView } from '../bindings/DiffView';
import type { EvidenceView } from '../bindings/EvidenceView';
import type { FigureCard } from '../bindings/FigureCard';
import type { FigureView } from '../bindings/FigureView';
import type { Locale } from '../bindings/Locale';
import type { Hit } from '../bindings/Hit';
import type { HistoryView } from '../bindings/HistoryView';
import type { MomentView } from '../bindings/MomentView';
import type { OutboxView } from '../bindings/OutboxView';
import type { ReportBrief } from '../bindings/ReportBrief';
import type { TenantBrief } from '../bindings/TenantBrief';
import type { VerifyView } from '../bindings/VerifyView';

type Words = Record<Locale, string>;

const hash = (seed: string): string =>
  Array.from({ length: 64 }, (_, index) => ((seed.charCodeAt(index % seed.length) * (index + 7) * 31) % 16).toString(16)).join('');

export const tenants: TenantBrief[] = [
  { id: 't-group', name: 'Fjordlys Group', synced: true, accent: null },
  { id: 't-marine', name: 'Fjordlys Marine AS', synced: true, accent: '#1f5fb2' },
  { id: 't-energi', name: 'Fjordlys Energi AS', synced: false, accent: '#ffee88' },
];

export const dashboardTitles: Record<string, Words> = {
  overview: { en: 'Impact overview', nb: 'Effekt – oversikt', uk: 'Огляд впливу' },
  value: { en: 'Social value', nb: 'Sosial verdi', uk: 'Соціальна цінність' },
  people: { en: 'People and participation', nb: 'Deltakere og deltakelse', uk: 'Люди та участь' },
};

const labels: Record<string, Words> = {
  sroi: { en: 'Social return on investment', nb: 'Sosial avkastning (SROI)', uk: 'Соціальна віддача інвестицій' },
  vis: { en: 'Volunteer impact score', nb: 'Frivillighetsindeks (VIS)', uk: 'Індекс впливу волонтерів' },
  participants: { en: 'Participants', nb: 'Deltakere', uk: 'Учасники' },
  hours: { en: 'Volunteer hours', nb: 'Frivillige timer', uk: 'Волонтерські години' },
  integration: { en: 'Integration score', nb: 'Integreringsindeks', uk: 'Індекс інтеграції' },
  readiness: { en: 'Job readiness', nb: 'Jobbklarhet', uk: 'Готовність до роботи' },
  value: { en: 'Social value created', nb: 'Skapt sosial verdi', uk: 'Створена соціальна цінність' },
  retention: { en: 'Retention', nb: 'Gjennomføring', uk: 'Утримання учасників' },
};

const say = (words: Words | undefined, locale: Locale): string => words?.[locale] ?? '';
const on: Words = { en: 'on Q2 2026', nb: 'mot 2. kvartal 2026', uk: 'до II кварталу 2026' };
const withheld: Words = {
  en: 'Withheld: fewer than 10 people',
  nb: 'Holdt tilbake: færre enn 10 personer',
  uk: 'Приховано: менше ніж 10 осіб',
};

const card = (
  locale: Locale, id: string, value: string, percent: string | null, trend: string, spark: (number | null)[], reason: string | null = null,
): FigureCard => ({
  figure: `fig-${id}-2026-Q3`, label: say(labels[id], locale), value, reason,
  change: percent && `${percent} ${say(on, locale)}`, trend, spark,
});

export function cards(locale: Locale): FigureCard[] {
  const number = (value: number) => new Intl.NumberFormat(locale).format(value);
  const decimal = (value: number) => new Intl.NumberFormat(locale, { minimumFractionDigits: 1 }).format(value);
  const dot = locale === 'en' ? '.' : ',';
  return [
    card(locale, 'sroi', `3${dot}42:1`, `+8${dot}6%`, 'improving', [2.5, 2.62, 2.7, 2.85, 3.02, 2.98, 3.15, 3.42]),
    card(locale, 'value', `NOK ${number(6840000)}`, `+11${dot}2%`, 'improving', [4.1, 4.4, 4.9, 5.1, 5.0, 5.6, 6.15, 6.84]),
    card(locale, 'participants', number(412), `+4${dot}2%`, 'stable', [320, 338, 341, 366, 372, 389, 395, 412]),
    card(locale, 'hours', number(2864), `−7${dot}9%`, 'declining', [2600, 2740, 2810, 2990, 3050, 3080, 3110, 2864]),
    card(locale, 'vis', decimal(71.35), `+6${dot}1%`, 'improving', [59.25, 61, 63.5, null, 66, 67, 67.2, 71.35]),
    card(locale, 'integration', decimal(52.1), `+1${dot}8%`, 'stable', [48, 49, 50, 50.6, 51, 50.9, 51.2, 52.1]),
    card(locale, 'readiness', `67${locale === 'en' ? '' : ' '}%`, null, 'new', [null, null, null, null, null, null, null, 0.67]),
    card(locale, 'retention', '–', null, 'stable', [], say(withheld, locale)),
  ];
}

export const evidence: EvidenceView[] = [
  { id: 'ev-1', lang: 'en', source: 'Mentoring · September 2026 · feedback form', text: 'My mentor at [organisation] practised interviews with me every week. In September I got my first permanent contract, and I now speak up in meetings.', scores: [['Job readiness', '0.86', 'high'], ['Confidence', '0.81', 'high']], sha256: hash('evidence-one') },
  { id: 'ev-2', lang: 'uk', source: 'Language · September 2026 · feedback form', text: 'Після трьох місяців мовного кафе я вже сама телефоную до школи сина. Раніше завжди просила [ім’я] перекласти.', scores: [['Language level', '0.74', 'medium'], ['Belonging', '0.69', 'medium']], sha256: hash('evidence-two') },
  { id: 'ev-3', lang: 'nb', source: 'Buddy · August 2026 · check-in', text: 'Vi går tur hver torsdag. Nå kjenner jeg tre familier i nabolaget, og det føles som om jeg hører til her.', scores: [['Belonging', '0.91', 'high'], ['Well-being', '0.48', 'low']], sha256: hash('evidence-three') },
];

export function dashboard(locale: Locale, id: string, company: string, period: string, programme: string | null, seq: number, now: number): DashboardView {
  const periods = [
    { value: '2026-Q3', label: say({ en: 'Q3 2026', nb: '3. kvartal 2026', uk: 'III квартал 2026' }, locale) },
    { value: '2026-Q2', label: say({ en: 'Q2 2026', nb: '2. kvartal 2026', uk: 'II квартал 2026' }, locale) },
    { value: '2026-Q1', label: say({ en: 'Q1 2026', nb: '1. kvartal 2026', uk: 'I квартал 2026' }, locale) },
    { value: '2025-Q4', label: say({ en: 'Q4 2025', nb: '4. kvartal 2025', uk: 'IV квартал 2025' }, locale) },
  ];
  const chart = (tile: string, title: Words, span: number, empty: string | null = null) => ({
    kind: 'chart' as const, id: tile, title: say(title, locale), span, empty, drawn: `${tile} ${seq}`,
    alt: say({ en: 'Mentoring leads in every quarter, from 84 in Q4 2024 to 142 in Q3 2026.', nb: 'Mentoring leder i hvert kvartal, fra 84 i 4. kvartal 2024 til 142 i 3. kvartal 2026.', uk: 'Менторство лідирує щокварталу: від 84 у IV кварталі 2024 до 142 у III кварталі 2026.' }, locale),
    table: {
      header: [say({ en: 'Quarter', nb: 'Kvartal', uk: 'Квартал' }, locale), 'Buddy', 'Language', 'Mentoring', 'Upskilling'],
      rows: periods.map(({ label }, index) => [label, String(96 - index * 4), String(104 - index * 6), String(142 - index * 9), index === 3 ? '–' : String(70 - index * 3)]),
    },
  });
  const kpis = cards(locale).map((value, index) => ({ kind: 'kpi' as const, id: `kpi-${index}`, card: value }));
  return {
    id, company, seq, programme, periods,
    title: say(dashboardTitles[id], locale),
    period,
    periodLabel: periods.find(({ value }) => value === period)?.label ?? period,
    programmes: [
      { value: '', label: say({ en: 'All programmes', nb: 'Alle programmer', uk: 'Усі програми' }, locale) },
      { value: 'buddy', label: 'Buddy' }, { value: 'language', label: 'Language' },
      { value: 'mentoring', label: 'Mentoring' }, { value: 'upskilling', label: 'Upskilling' },
    ],
    tiles: id === 'people' ? [] : [
      ...(id === 'value' ? kpis.slice(0, 4) : kpis),
      chart('line-participants', { en: 'Participants by programme', nb: 'Deltakere per program', uk: 'Учасники за програмами' }, 2),
      chart('mix-hours', { en: 'Hours by programme', nb: 'Timer per program', uk: 'Години за програмами' }, 1),
      chart('bar-outcomes', { en: 'Outcomes against last year', nb: 'Resultater mot i fjor', uk: 'Результати порівняно з минулим роком' }, 2),
      chart('empty', { en: 'Placement', nb: 'Jobbplassering', uk: 'Працевлаштування' }, 1, say({ en: 'Nothing was measured in this period.', nb: 'Ingenting ble målt i denne perioden.', uk: 'У цьому періоді нічого не виміряно.' }, locale)),
      { kind: 'evidence', id: 'evidence', title: say({ en: 'Latest evidence', nb: 'Siste evidens', uk: 'Останні свідчення' }, locale), items: evidence, empty: null },
    ],
    measuredAt: '2026-09-30T21:59:59Z',
    receivedAt: new Date(now - 52 * 60_000).toISOString(),
  };
}

export const standing = (locale: Locale): BenchmarkView => ({
  cohort: say({ en: 'Energy · 501–5,000 people · Europe', nb: 'Energi · 501–5 000 ansatte · Europa', uk: 'Енергетика · 501–5 000 працівників · Європа' }, locale),
  companies: 13, median: locale === 'en' ? '2.71:1' : '2,71:1', middle: locale === 'en' ? ['2.30:1', '3.12:1'] : ['2,30:1', '3,12:1'],
  badge: 10, places: [0.28, 0.52, 0.74, 0.97],
});

export function figure(locale: Locale, id: string, now: number): FigureView {
  const found = cards(locale).find((each) => each.figure === id) ?? cards(locale)[0];
  if (!found) throw new Error('no sample figure');
  return {
    card: found,
    about: 'What the programmes return to society for each krone invested, over three years, discounted.',
    formula: 'SROI = NPV of social value ÷ investment, where NPV = Σ participants × value per person × attribution × (1 − deadweight) × (1 − drop-off)^(y−1) ÷ (1 + r)^y',
    version: 1, period: 'Q3 2026', programme: 'All programmes',
    inputs: [['Participants with the outcome', '114'], ['Value per person', 'NOK 20,000'], ['Attribution', '75%'], ['Deadweight', '20%'], ['Discount rate', '3.0%'], ['Years', '3'], ['Investment', 'NOK 2,000,000']],
    recomputed: found.value, agrees: true, benchmark: standing(locale),
    sources: ['Sessions of the mentoring, buddy, language and upskilling services', 'Cost ledger, Q3 2026', 'Value bank 2026, employment outcome'],
    measuredAt: '2026-09-30T21:59:59Z', receivedAt: new Date(now - 52 * 60_000).toISOString(), seq: 5310,
    history: [[found.value, '2026-11-02T08:12:44Z'], ['3.38:1', '2026-10-14T06:30:02Z']],
    evidence,
    citation: `${found.label}, Q3 2026: ${found.value} (Fjordlys Group, definition v1, log 5310)`,
  };
}

export const reports = (locale: Locale): ReportBrief[] => {
  const status: Record<string, Words> = {
    approved: { en: 'Approved', nb: 'Godkjent', uk: 'Затверджено' },
    in_review: { en: 'In review', nb: 'Til gjennomgang', uk: 'На розгляді' },
    draft: { en: 'Draft', nb: 'Utkast', uk: 'Чернетка' },
    locked: { en: 'Locked', nb: 'Låst', uk: 'Закрито' },
  };
  const report = (id: string, title: string, code: string, period: string, version: number, exportRefused: string | null = null) => ({
    id, title, status: code, statusLabel: say(status[code], locale), period, periodLabel: period.replace(/(\d+)-(Q\d)/, '$2 $1'), version, exportRefused, pending: false,
  });
  return [
    report('r-1', 'Quarterly impact report', 'approved', '2026-Q3', 4),
    report('r-2', 'Investor briefing', 'in_review', '2026-Q3', 2),
    report('r-3', 'Language programme deep dive', 'draft', '2026-Q3', 1, say({ en: 'Your role may export approved reports only.', nb: 'Rollen din kan bare eksportere godkjente rapporter.', uk: 'Ваша роль дозволяє експортувати лише затверджені звіти.' }, locale)),
    report('r-4', 'Quarterly impact report', 'locked', '2026-Q2', 6),
  ];
};

export const outbox = (refused: boolean, waits: boolean): OutboxView => ({
  refused: refused
    ? [{ key: 'k-1', words: 'Move report: r-2', madeAt: '2026-11-02T08:12:44Z', code: 'command.conflict', reason: 'the report has changed since: it is now version 3, draft' }]
    : [],
  pending: waits
    ? [
        { key: 'k-2', words: 'Write note: Ask how many stayed in work after six months.', madeAt: '2026-11-02T09:01:00Z', sent: true, doubt: null },
        { key: 'k-3', words: 'Record of an export: r-1 (pdf)', madeAt: '2026-11-02T09:03:10Z', sent: false, doubt: 'your role does not allow this' },
      ]
    : [],
});

const BEGAN = Date.UTC(2026, 0, 5);
const ENDED = Date.UTC(2026, 10, 20);
const momentAt = (seq: number, last: number, name = ''): MomentView => ({ seq, at: new Date(BEGAN + ((ENDED - BEGAN) * (seq - 1)) / (last - 1)).toISOString(), name });
/** A year of events, more of them in spring and autumn. */
export const history = (locale: Locale, last: number): HistoryView => ({
  first: momentAt(1, last), last: momentAt(last, last),
  density: Array.from({ length: 80 }, (_, index) => Math.round(40 + 38 * Math.sin(index / 6))),
  moments: [
    momentAt(2600, last, say({ en: 'End of Q2 2026', nb: 'Slutten av 2. kvartal 2026', uk: 'Кінець: II квартал 2026' }, locale)),
    momentAt(4400, last, say({ en: 'Approved: Social impact, third quarter of 2026', nb: 'Godkjent: Sosial verdi, tredje kvartal 2026', uk: 'Затверджено: Соціальний вплив, III квартал 2026' }, locale)),
  ],
});
export const moment = (locale: Locale, last: number, seq: number | null, at: string | null): MomentView => {
  const wanted = seq ?? 1 + Math.floor(((Date.parse(at ?? '') - BEGAN) / (ENDED - BEGAN)) * (last - 1));
  const known = history(locale, last).moments.find((each) => each.seq === wanted);
  return momentAt(Math.min(last, Math.max(1, wanted)), last, known?.name);
};
export const changes: DiffView = {
  same: false,
  from: { name: '2600', seq: 2600, tenant: null, valid: null },
  to: { name: '5310', seq: 5310, tenant: null, valid: null },
  entries: [
    { became: 'moved', figure: 'sroi/2026-Q3/all', from: ['Q2 2026', '3.15:1', 1], to: ['Q3 2026', '3.42:1', 1], amount: 0.27, amountShown: '+0.27' },
    { became: 'new', figure: 'hours/2026-Q3/buddy', from: null, to: ['Q3 2026', '812', 1], amount: null, amountShown: null },
  ],
};
export const verification = (path: string, valid: boolean): VerifyView => ({
  path, valid,
  checks: [
    { code: 'container', label: 'File is whole', holds: valid, reason: valid ? null : 'Changed after signing', detail: valid ? 'every byte is as it was written' : 'the bytes are not as they were written' },
    { code: 'manifest', label: 'Manifest is genuine', holds: true, reason: null, detail: `SHA-256 ${hash('manifest')}` },
    { code: 'content', label: 'Content is unchanged', holds: valid, reason: valid ? null : 'Changed after signing', detail: valid ? `SHA-256 ${hash('content')}` : 'changed after it was signed: page 4' },
    { code: 'signature', label: 'Signature is valid', holds: true, reason: null, detail: 'Ed25519' },
    { code: 'key', label: 'Signer is known', holds: true, reason: null, detail: 'device of Kari Nordmann, certified by fjordlys until 2026-11-16T08:00:00Z' },
    { code: 'approval', label: 'Approval is genuine', holds: true, reason: null, detail: 'Ingrid Solheim approved version 4 at 2026-11-02T08:12:00Z' },
    { code: 'watermark', label: 'Watermark on every page', holds: valid ? true : null, reason: valid ? null : 'Missing or unreadable', detail: '9 pages: APPROVED · Ingrid Solheim' },
  ],
  tenant: 'fjordlys', seq: 5310, approver: 'Ingrid Solheim', exporter: 'Kari Nordmann', changed: valid ? [] : ['page 4'],
  facts: [['Company', 'Fjordlys Group'], ['Report', 'Quarterly impact report, version 4'], ['Period', 'Q3 2026'], ['Approved by', 'Ingrid Solheim, 2 November 2026 08:12 UTC'], ['Exported by', 'Kari Nordmann'], ['Log position', '5,310']],
});

export const packFiles = ['pdf', 'pptx'].map((kind) => ({
  path: `/home/kari/Documents/Executive_Report_2026-Q3_Fjordlys.${kind}`,
  size: kind === 'pdf' ? 486_213 : 231_877,
  sha256: hash(`pack-${kind}`),
  pages: kind === 'pdf' ? 9 : 8,
}));

/** Values of two series over six months. */
export const hits = (width: number, height: number): Hit[] =>
  [0, 1].flatMap((series) => Array.from({ length: 6 }, (_, category) => ({
    series, category, area: { x: 40 + ((width - 60) / 6) * category, y: height * (0.25 + 0.3 * series), width: (width - 60) / 6, height: height * 0.2 },
    label: `${['Mentoring', 'Buddy'][series]}, ${['Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep'][category]}: ${120 + 40 * series + 7 * category}`,
  })));

/** A definition like that of the dashboards above, and what can be put on them. */
export function arrangement(locale: Locale, id: string): ArrangementView {
  const title = dashboardTitles[id] ?? { en: id, nb: id, uk: id };
  const units: Record<string, 'ratio' | 'points' | 'count' | 'hours' | 'fraction' | 'money'> = { sroi: 'ratio', vis: 'points', participants: 'count', hours: 'hours', value: 'money' };
  return {
    dashboard: {
      id, version: 3, title, order: 1,
      tiles: [
        ...Object.keys(labels).map((metric) => ({ id: `kpi-${metric}`, shows: { shows: 'kpi' as const, metric } })),
        { id: 'line-participants', shows: { shows: 'line', title: { en: 'Participants by month', nb: 'Deltakere per måned', uk: 'Учасники за місяцями' }, metrics: ['participants'], grain: 'month', points: 24 } },
        { id: 'ring', shows: { shows: 'doughnut', title: { en: 'Hours by programme', nb: 'Timer per program', uk: 'Години за програмами' }, metric: 'hours' } },
        { id: 'voices', shows: { shows: 'evidence', title: { en: 'Voices', nb: 'Stemmer', uk: 'Голоси' }, limit: 3 } },
      ],
    },
    metrics: Object.entries(labels).map(([metric, name]) => ({ metric, label: name[locale], name, unit: units[metric] ?? 'fraction' })),
  };
}

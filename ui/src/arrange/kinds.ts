// The kinds of tiles with their pictures and names.
import ChartColumn from '@lucide/svelte/icons/chart-column';
import ChartLine from '@lucide/svelte/icons/chart-line';
import ChartPie from '@lucide/svelte/icons/chart-pie';
import Gauge from '@lucide/svelte/icons/gauge';
import MessageSquareQuote from '@lucide/svelte/icons/message-square-quote';
import Radar from '@lucide/svelte/icons/radar';
import type { Shows } from '../bindings/Shows';
import { t } from '../i18n/index.svelte';

export const KINDS = ['kpi', 'line', 'bar', 'doughnut', 'radar', 'evidence'] as const satisfies readonly Shows['shows'][];
export const PICTURES = { kpi: Gauge, line: ChartLine, bar: ChartColumn, doughnut: ChartPie, radar: Radar, evidence: MessageSquareQuote };

export function kindName(kind: Shows['shows']): string {
  switch (kind) {
    case 'kpi': return t('arrange.kpi');
    case 'line': return t('arrange.line');
    case 'bar': return t('arrange.bar');
    case 'doughnut': return t('arrange.doughnut');
    case 'radar': return t('arrange.radar');
    case 'evidence': return t('arrange.evidence');
  }
}

// What the command palette offers: every screen, company and action of the window under the name it has elsewhere.
import Bell from '@lucide/svelte/icons/bell';
import Building from '@lucide/svelte/icons/building-2';
import Contrast from '@lucide/svelte/icons/contrast';
import FileText from '@lucide/svelte/icons/file-text';
import History from '@lucide/svelte/icons/history';
import Inbox from '@lucide/svelte/icons/inbox';
import Keyboard from '@lucide/svelte/icons/keyboard';
import Languages from '@lucide/svelte/icons/languages';
import LayoutDashboard from '@lucide/svelte/icons/layout-dashboard';
import MonitorPlay from '@lucide/svelte/icons/monitor-play';
import ListChecks from '@lucide/svelte/icons/list-checks';
import Lock from '@lucide/svelte/icons/lock';
import RefreshCw from '@lucide/svelte/icons/refresh-cw';
import Settings from '@lucide/svelte/icons/settings';
import ShieldCheck from '@lucide/svelte/icons/shield-check';
import StickyNote from '@lucide/svelte/icons/sticky-note';
import { LANGUAGES, language, t } from '../i18n/index.svelte';
import type { EntryGroup } from '../parts/entry';
import type { Desktop } from '../state/desktop.svelte';
import { ALT, CONTROL } from '../state/keys.svelte';
import { theme } from '../state/theme.svelte';

/** What the frame does for its commands. */
export interface Doings {
  choose: (tenant: string) => void;
  lock: () => Promise<void>;
  retry: () => Promise<void>;
  /** Runs what can fail, and shows the fault. */
  attempt: (work: () => Promise<void>) => Promise<void>;
  help: () => void;
  outbox: () => void;
  present: () => void;
  history: () => void;
}

/** The lines of the palette, in the order of the navigation. */
export function commands(desktop: Desktop, { choose, lock, retry, attempt, help, outbox, present, history }: Doings): EntryGroup[] {
  const dashboards = desktop.dashboards.value ?? [];
  const others = (desktop.session?.tenants ?? []).filter(({ id }) => id !== desktop.session?.tenant?.id);
  return [
    {
      title: t('palette.goTo'),
      entries: [
        ...dashboards.map(({ id, title }, index) => ({
          id: `dashboard-${id}`, words: title, icon: LayoutDashboard, also: [t('nav.dashboards')],
          ...(index < 9 && { keys: [CONTROL, String(index + 1)] }),
          onselect: () => { desktop.go({ screen: 'dashboard', id }); },
        })),
        { id: 'present', words: t('show.start'), icon: MonitorPlay, keys: ['F5'], also: [t('show.audience')], onselect: present },
        { id: 'history', words: t('time.title'), icon: History, keys: [ALT, 'H'], also: [t('time.compare')], onselect: history },
        { id: 'reports', words: t('nav.reports'), icon: FileText, keys: [ALT, 'R'], also: [t('export.title')], onselect: () => { desktop.go({ screen: 'reports' }); } },
        { id: 'news', words: t('news.title'), icon: Bell, keys: [ALT, 'W'], also: [t('news.new')], onselect: () => { desktop.go({ screen: 'news' }); } },
        { id: 'notes', words: t('notes.title'), icon: StickyNote, keys: [ALT, 'N'], also: [t('notes.private')], onselect: () => { desktop.go({ screen: 'notes' }); } },
        { id: 'ready', words: t('ready.title'), icon: ListChecks, keys: [ALT, 'M'], also: [t('ready.check')], onselect: () => { desktop.go({ screen: 'ready' }); } },
        { id: 'verify', words: t('verify.title'), icon: ShieldCheck, keys: [ALT, 'V'], also: [t('nav.verify')], onselect: () => { desktop.go({ screen: 'verify', path: null }); } },
        { id: 'settings', words: t('nav.settings'), icon: Settings, keys: [ALT, 'S'], also: [t('settings.theme'), t('settings.density')], onselect: () => { desktop.go({ screen: 'settings' }); } },
        { id: 'outbox', words: t('outbox.title'), icon: Inbox, keys: [ALT, 'O'], also: [t('sync.unsent')], onselect: outbox },
      ],
    },
    {
      title: t('palette.companies'),
      entries: others.map(({ id, name }) => ({ id: `tenant-${id}`, words: name, icon: Building, also: [t('tenant.switch')], onselect: () => { choose(id); } })),
    },
    {
      title: t('palette.look'),
      entries: [
        {
          id: 'theme', words: theme.mode === 'dark' ? t('theme.toLight') : t('theme.toDark'), icon: Contrast, keys: [ALT, 'T'], also: [t('settings.theme')],
          onselect: () => void attempt(() => desktop.prefer({ theme: theme.mode === 'dark' ? 'light' : 'dark' })),
        },
        ...LANGUAGES.filter(({ value }) => value !== language.locale).map(({ value, label }) => ({
          id: `language-${value}`, words: t('palette.language', { language: label }), icon: Languages, also: [label],
          onselect: () => void attempt(() => desktop.prefer({ locale: value })),
        })),
      ],
    },
    {
      title: t('palette.do'),
      entries: [
        { id: 'retry', words: t('palette.retry'), icon: RefreshCw, also: [t('sync.retry')], onselect: () => void retry() },
        { id: 'help', words: t('keys.title'), icon: Keyboard, keys: ['F1'], onselect: help },
        { id: 'lock', words: t('nav.lock'), icon: Lock, keys: [ALT, 'L'], onselect: () => void lock() },
      ],
    },
  ];
}

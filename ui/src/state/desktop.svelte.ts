// What the whole window shares: the bridge, the session, the connection, the clock, where the person is, and the live region.
// Holds what the core said last and nothing else.
import { createContext } from 'svelte';
import type { DashboardBrief } from '../bindings/DashboardBrief';
import type { Link } from '../bindings/Link';
import type { Locale } from '../bindings/Locale';
import type { MomentView } from '../bindings/MomentView';
import type { NewsView } from '../bindings/NewsView';
import type { SessionView } from '../bindings/SessionView';
import type { ThemeChoice } from '../bindings/ThemeChoice';
import { language, t } from '../i18n/index.svelte';
import type { Bridge, Desk } from '../ipc/desk';
import { Asked } from './asked.svelte';
import { Clock } from './clock.svelte';
import { Connection } from './connection.svelte';
import { looks } from './looks.svelte';
import { Notices } from './notices.svelte';
import { placeOf, readPlace, remember } from './place';
import { theme } from './theme.svelte';

/** News that comes in a row is read once, after this many milliseconds: catching up brings a page every moment. */
const GATHER = 250;

/** A screen inside the frame. */
export type Place =
  | { screen: 'dashboard'; id: string | null }
  | { screen: 'reports' }
  | { screen: 'report'; id: string; edit: boolean }
  | { screen: 'news' }
  | { screen: 'notes' }
  | { screen: 'ready' }
  | { screen: 'verify'; path: string | null }
  | { screen: 'settings' };

export class Desktop {
  readonly bridge: Bridge;
  readonly clock = new Clock();
  readonly connection = new Connection(this.clock);
  readonly notices = new Notices();
  readonly dashboards = new Asked<DashboardBrief[]>();
  readonly news = new Asked<NewsView>();
  session = $state.raw<SessionView | null>(null);
  /** The earlier position of the log that every screen shows; `null` is the newest. */
  asOf = $state<number | null>(null);
  /** The moment that dashboards also show, at the left; `null` for none. */
  beside = $state.raw<MomentView | null>(null);
  place = $state.raw<Place>({ screen: 'dashboard', id: null });
  /** Grows whenever the data of the tenant, the tenant or the language changes; views are asked for again. */
  edition = $state(0);
  /** Minutes without use after which the window locks. */
  lockAfter = $state(15);
  /** What the live region says. */
  said = $state('');
  /** Set by a screen that holds what is not saved: decides when, and whether, another one is shown. */
  guard: ((onward: () => void) => void) | null = null;
  #arriving: ReturnType<typeof setTimeout> | undefined;

  constructor(bridge: Bridge) {
    this.bridge = bridge;
  }

  get desk(): Desk {
    return this.bridge.desk;
  }

  /** Takes over what the core says of the session. */
  adopt(session: SessionView): void {
    const before = this.session;
    this.session = session;
    language.locale = session.locale;
    theme.choice = session.theme;
    theme.accent = session.tenant?.accent ?? null;
    const opened = session.state === 'open';
    if (!opened || before?.tenant?.id !== session.tenant?.id) {
      this.place = (opened && placeOf(session.tenant?.id ?? '')) || { screen: 'dashboard', id: null };
      this.asOf = null;
      this.beside = null;
      this.dashboards.clear();
      this.news.clear();
      this.notices.clear();
    }
    if (!opened) this.connection.reset();
    const same = before?.state === session.state && before.tenant?.id === session.tenant?.id && before.locale === session.locale;
    if (!same) this.edition += 1;
  }

  /** Reads the session and listens to the core until the returned function is called. */
  start(): () => void {
    const stops = [
      this.clock.start(),
      theme.follow(),
      looks.follow(),
      this.bridge.on('sync', (view) => {
        const before = this.connection.view.state;
        this.connection.hear(view);
        if (before !== view.state) this.say(this.connection.label);
      }),
      this.bridge.on('changed', () => {
        this.#arriving ??= setTimeout(() => {
          this.#arriving = undefined;
          this.edition += 1;
          if (this.connection.view.state === 'live') this.say(t('dashboard.changed'));
        }, GATHER);
      }),
      this.bridge.on('locked', () => {
        void this.desk.session().then((session) => { this.adopt(session); });
      }),
      () => {
        clearTimeout(this.#arriving);
        this.notices.clear();
      },
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** Changes language or theme, here at once and in the profile. */
  async prefer(change: { locale?: Locale; theme?: ThemeChoice }): Promise<void> {
    if (change.locale) language.locale = change.locale;
    if (change.theme) theme.choice = change.theme;
    this.adopt(await this.desk.setPreferences({ locale: language.locale, theme: theme.choice }));
  }

  /** Speaks through the live region. Saying the same again is heard again. */
  say(text: string): void {
    this.said = this.said === text ? `${text}\u00a0` : text;
  }

  /** Goes where a link points; first to its company, where the person has it. */
  async follow(link: Link): Promise<void> {
    if (link.tenant !== this.session?.tenant?.id) this.adopt(await this.desk.chooseTenant(link.tenant));
    const place = readPlace(link.screen, link.id);
    if (place) this.go(place);
  }

  go(place: Place): void {
    this.leave(() => {
      this.place = place;
      remember(this.session?.tenant?.id ?? '', place);
    });
  }

  /** Leaves the screen, where it may be left. */
  leave(onward: () => void): void {
    if (this.guard) this.guard(onward);
    else onward();
  }
}

/** The desktop of the window, for every component below `App`. */
export const [useDesktop, provideDesktop] = createContext<Desktop>();

// How the copy on this device stands towards the server, as last told by the core. Staleness also follows the clock here,
// because a cut cable sends no event.
import type { SyncState } from '../bindings/SyncState';
import type { SyncView } from '../bindings/SyncView';
import { clockTime } from '../i18n/format';
import { t } from '../i18n/index.svelte';
import type { Clock } from './clock.svelte';

/** Milliseconds without contact after which figures are marked as possibly old. */
export const STALE_AFTER = 5 * 60_000;

const START: SyncView = {
  state: 'idle', cursor: 0, head: 0, lastContact: null, stale: false, unsent: 0, refused: 0, progress: null, detail: null, code: null,
};

export class Connection {
  view = $state.raw<SyncView>(START);
  readonly #clock: Clock;
  /** How often the core said something. */
  #heard = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get stale(): boolean {
    const { stale, lastContact } = this.view;
    return stale || (lastContact !== null && this.#clock.now - Date.parse(lastContact) >= STALE_AFTER);
  }

  /** Percent of the log that is here, while catching up. */
  get progress(): number | null {
    const { state, cursor, head } = this.view;
    return state === 'catching_up' && head > 0 ? Math.min(100, Math.floor((cursor / head) * 100)) : null;
  }

  /** What is fetched beside the newest events, in words. */
  get fetching(): string | null {
    const { progress } = this.view;
    if (progress === null) return null;
    const { done, of } = progress;
    return progress.what === 'snapshot' ? t('sync.fetchingSnapshot', { done, of }) : t('sync.fetchingHistory', { done, of });
  }

  /** The state in words. */
  get label(): string {
    const { state, cursor, head, lastContact } = this.view;
    const words: Record<SyncState, () => string> = {
      idle: () => t('sync.idle'),
      connecting: () => t('sync.connecting'),
      catching_up: () => t('sync.catchingUp', { cursor, head }),
      live: () => t('sync.live'),
      offline: () =>
        lastContact === null ? t('sync.offline') : t('sync.offlineSince', { time: clockTime(lastContact, this.#clock.now) }),
      refused: () => t('sync.refused'),
      sign_in_needed: () => t('sync.signInNeeded'),
      upgrade_needed: () => t('sync.upgradeNeeded'),
    };
    return words[state]();
  }

  /** Takes over what the core says; how long ago things were counts from this moment. */
  hear(view: SyncView): void {
    this.#heard += 1;
    this.view = view;
    this.#clock.now = Date.now();
  }

  /** Asks the core. Its answer may come after news that are newer: then the news stand. */
  async ask(question: () => Promise<SyncView>): Promise<void> {
    const before = this.#heard;
    const view = await question();
    if (this.#heard === before) this.hear(view);
  }

  reset(): void {
    this.view = START;
  }
}

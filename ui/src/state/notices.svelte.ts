// Short news for the person that needs no answer. What needs one is a Banner or a dialog; nothing is kept here.

/** Milliseconds that news stays when it is only good to know. */
export const STAYS = 8_000;
/** How many are in view at once; older ones make room. */
export const MOST = 4;

export interface Notice {
  id: number;
  look: 'good' | 'info' | 'warn' | 'bad';
  words: string;
  action?: { words: string; do: () => void } | undefined;
}

export class Notices {
  list = $state.raw<Notice[]>([]);
  #next = 1;
  /** By id; nothing draws them. */
  readonly #timers: Record<number, ReturnType<typeof setTimeout>> = {};

  /** Shows news. Bad news, and news with an action, stays until it is dismissed. The same words are shown once. */
  show(notice: Omit<Notice, 'id'>): number {
    const same = this.list.find(({ look, words }) => look === notice.look && words === notice.words);
    if (same) this.dismiss(same.id);
    const id = this.#next++;
    const dropped = this.list.slice(0, Math.max(0, this.list.length + 1 - MOST));
    for (const old of dropped) this.dismiss(old.id);
    this.list = [...this.list, { ...notice, id }];
    this.resume(id);
    return id;
  }

  /** Stops the time of one that is being read. */
  hold(id: number): void {
    clearTimeout(this.#timers[id]);
  }

  /** Lets its time begin anew. */
  resume(id: number): void {
    const notice = this.list.find((each) => each.id === id);
    if (!notice || notice.look === 'bad' || notice.action) return;
    this.hold(id);
    this.#timers[id] = setTimeout(() => { this.dismiss(id); }, STAYS);
  }

  dismiss(id: number): void {
    this.hold(id);
    this.list = this.list.filter((notice) => notice.id !== id);
  }

  clear(): void {
    for (const { id } of this.list) this.dismiss(id);
  }
}

// The answer to a question put to the core. Holds the last good answer while a newer one is on its way; caches nothing.
import type { FaultView } from '../bindings/FaultView';
import { toFault } from '../ipc/desk';

export class Asked<T> {
  value = $state.raw<T | null>(null);
  fault = $state.raw<FaultView | null>(null);
  busy = $state(false);
  #turn = 0;

  /** Asks; of several questions under way only the last one's answer counts. */
  async ask(question: () => Promise<T>): Promise<void> {
    const turn = ++this.#turn;
    this.busy = true;
    try {
      const value = await question();
      if (turn !== this.#turn) return;
      this.value = value;
      this.fault = null;
    } catch (reason) {
      if (turn !== this.#turn) return;
      this.fault = toFault(reason);
    }
    this.busy = false;
  }

  /** Forgets the answer, and ignores one that is still on its way. */
  clear(): void {
    this.#turn += 1;
    this.value = null;
    this.fault = null;
    this.busy = false;
  }
}

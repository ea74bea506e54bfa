// One question at a time: while one is asked, only the newest that came since waits, so that dragging never makes a queue.
export class Newest {
  #busy = false;
  #next: (() => void) | null = null;
  #gone = false;

  /** Asks now, or when the question that runs is answered; an older one that waits is dropped. A failure is no answer. */
  ask<T>(question: () => Promise<T>, answered: (answer: T) => void): void {
    const run = (): void => {
      this.#busy = true;
      void question()
        .then((answer) => {
          if (!this.#gone) answered(answer);
        }, () => undefined)
        .finally(() => {
          this.#busy = false;
          const next = this.#next;
          this.#next = null;
          next?.();
        });
    };
    if (this.#busy) this.#next = run;
    else run();
  }

  /** Answers that still come are for nobody. */
  forget(): void {
    this.#gone = true;
    this.#next = null;
  }
}

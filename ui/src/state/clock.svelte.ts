// The time as the window sees it, ticking often enough for "4 minutes ago". Not a source of timestamps for data.

/** How often relative times are refreshed, in milliseconds. */
const TICK = 15_000;

export class Clock {
  now = $state(Date.now());

  /** Ticks until the returned function is called. */
  start(): () => void {
    const timer = setInterval(() => (this.now = Date.now()), TICK);
    return () => {
      clearInterval(timer);
    };
  }
}

// Notices that nobody uses the window, so that it can lock. It counts time by the clock, so sleep counts as well.

/** Calls back once after this many milliseconds without a key, a click, a touch or a scroll; again after each new use. */
export function whenIdle(after: () => number, idle: () => void): () => void {
  let last = Date.now();
  let told = false;
  const used = () => {
    last = Date.now();
    told = false;
  };
  const events = ['keydown', 'pointerdown', 'pointermove', 'wheel', 'touchstart'] as const;
  for (const event of events) window.addEventListener(event, used, { passive: true, capture: true });
  const timer = setInterval(() => {
    if (told || Date.now() - last < after()) return;
    told = true;
    idle();
  }, 5000);
  return () => {
    clearInterval(timer);
    for (const event of events) window.removeEventListener(event, used, { capture: true });
  };
}

// What jsdom lacks and the window needs: sizes, media queries, and matchers. No behaviour of ours.
import '@testing-library/jest-dom/vitest';
import { configure } from '@testing-library/svelte';
import { beforeEach, vi } from 'vitest';

// A test waits for a state, however long a busy machine takes for it.
configure({ asyncUtilTimeout: 20_000 });

class FixedResizeObserver implements ResizeObserver {
  readonly #heard: ResizeObserverCallback;
  constructor(heard: ResizeObserverCallback) {
    this.#heard = heard;
  }
  observe(target: Element): void {
    this.#heard([{ target } as ResizeObserverEntry], this);
  }
  unobserve(): void {
    // Sizes never change here.
  }
  disconnect(): void {
    // As above.
  }
}

beforeEach(() => {
  vi.stubGlobal('ResizeObserver', FixedResizeObserver);
  vi.stubGlobal('matchMedia', (media: string) => ({
    media, matches: false, addEventListener: () => undefined, removeEventListener: () => undefined,
  }));
  for (const [name, value] of [['clientWidth', 640], ['clientHeight', 288]] as const) {
    Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => value });
  }
  Element.prototype.scrollIntoView = () => undefined;
  Element.prototype.scrollTo = () => undefined;
  Element.prototype.hasPointerCapture = () => false;
  Element.prototype.releasePointerCapture = () => undefined;
  localStorage.clear();
});

// jsdom measures nothing; the editor asks where its caret is.
Range.prototype.getClientRects = () => Object.assign([], { item: () => null });
Range.prototype.getBoundingClientRect = () => new DOMRect();

// What is kept of the looks of this device, and what of it is believed.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { looks, readLooks } from './looks.svelte';

const START = { density: 'comfortable', contrast: 'system', text: 'normal' };

afterEach(() => {
  looks.choose(START as never);
});

describe('kept looks', () => {
  it('are read back', () => {
    looks.choose({ density: 'compact', text: 'largest' });
    expect(readLooks(localStorage.getItem('boardroom.looks'))).toEqual({ density: 'compact', contrast: 'system', text: 'largest' });
  });

  it.each([
    null, '', '{', 'null', '[]', '7', '"compact"', '{"density":"dense","contrast":1,"text":null}', '{"__proto__":{"density":"compact"}}', `{"density":"${'x'.repeat(1_000_000)}"}`, '['.repeat(50_000),
  ])('that are none of ours are as if there were none (%#)', (kept) => {
    expect(readLooks(kept)).toEqual(START);
  });

  it('keep what is good beside what is not', () => {
    expect(readLooks('{"density":"compact","contrast":"most"}')).toEqual({ ...START, density: 'compact' });
  });
});

describe('looks', () => {
  it('mark the page', () => {
    looks.choose({ density: 'compact', contrast: 'more', text: 'large' });
    looks.mark(document.documentElement);
    expect(document.documentElement.dataset).toMatchObject({ density: 'compact', contrast: 'more', text: 'large' });
  });

  it('follow the wish of the system for contrast, until stopped', () => {
    const heard = new Set<() => void>();
    const query = { matches: true, addEventListener: (_: string, each: () => void) => heard.add(each), removeEventListener: (_: string, each: () => void) => heard.delete(each) };
    vi.stubGlobal('matchMedia', () => query);
    const stop = looks.follow();
    expect(looks.strong).toBe(true);
    query.matches = false;
    for (const each of heard) each();
    expect(looks.strong).toBe(false);
    stop();
    expect(heard.size).toBe(0);
  });
});

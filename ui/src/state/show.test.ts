// The keys of a show, one by one, and its clock.
import { describe, expect, it } from 'vitest';
import type { Deck } from '../bindings/Deck';
import { CYCLE, Show, span } from './show.svelte';

const slide = (title: string) => ({ title, from: '', body: { kind: 'end' as const, words: '' } });
const quote = { title: 'said', from: '', body: { kind: 'evidence' as const, items: [{ id: 'e', text: 'It helped.', source: '', sha256: '', scores: [] }] } };
const deck = { title: 't', company: 'c', accent: '#123456', period: '2026-Q3', seq: 9, asOf: '2026-09-30T00:00:00Z', slides: [slide('one'), slide('two'), quote, slide('four')] } as unknown as Deck;
const show = () => new Show({ deck, notes: [[], [{ author: 'Kari', private: true, text: 'Ask why.' }], [], []] }, 0, false);

describe('the keys of a show', () => {
  it.each([
    ['ArrowRight', 1], ['ArrowDown', 1], [' ', 1], ['PageDown', 1], ['n', 1], ['N', 1], ['End', 3],
  ])('%s goes to slide %i', (key, expected) => {
    const one = show();
    expect(one.press(key, 0)).toBe(true);
    expect(one.slide).toBe(expected);
  });
  it.each(['ArrowLeft', 'ArrowUp', 'PageUp', 'Backspace', 'p'])('%s goes back, and stays at the first', (key) => {
    const one = show();
    one.go(1);
    one.press(key, 0);
    one.press(key, 0);
    expect(one.slide).toBe(0);
  });
  it.each([['b', 'black'], ['.', 'black'], ['w', 'white'], [',', 'white']] as const)('%s makes the screen %s, and again brings it back', (key, cover) => {
    const one = show();
    one.press(key, 0);
    expect(one.scene.cover).toBe(cover);
    one.press(key, 0);
    expect(one.scene.cover).toBe('none');
  });
  it('brings the slide back with the first key after black', () => {
    const one = show();
    one.press('b', 0);
    one.press('PageDown', 0);
    expect([one.slide, one.cover]).toEqual([0, 'none']);
  });
  it('keeps what the audience sees while it is frozen', () => {
    const one = show();
    one.press('f', 0);
    one.press('End', 0);
    expect([one.slide, one.scene.slide]).toEqual([3, 0]);
    one.press('f', 0);
    expect(one.scene.slide).toBe(3);
  });
  it('goes to the number that was typed, within the deck', () => {
    const one = show();
    one.press('3', 0);
    expect(one.press('Enter', 0)).toBe(true);
    expect(one.slide).toBe(2);
    for (const digit of '9999') one.press(digit, 0);
    one.press('Enter', 0);
    expect(one.slide).toBe(3);
    expect(one.press('Enter', 0)).toBeNull();
  });
  it('forgets a number when another key comes between', () => {
    const one = show();
    one.press('4', 0);
    one.press('b', 0);
    expect(one.typed).toBe('');
  });
  it('closes what is open before it leaves', () => {
    const one = show();
    for (const key of ['b', 'e', 'Tab']) one.press(key, 0);
    expect([one.press('Escape', 0), one.press('Escape', 0), one.press('Escape', 0), one.press('Escape', 0)]).toEqual([true, true, true, 'leave']);
  });
  it('lays evidence over the slide, and takes it away with the slide', () => {
    const one = show();
    one.press('e', 0);
    expect(one.scene.evidence).toEqual(['It helped.']);
    one.press('n', 0);
    expect(one.scene.evidence).toBeNull();
  });
  it('shows no pointer before it is used', () => {
    const one = show();
    one.pointer = [1, 2];
    expect(one.scene.pointer).toBeNull();
    one.press('l', 0);
    one.pointer = [50, 50];
    expect(one.scene.pointer).toEqual([50, 50]);
  });
  it('asks others for what it cannot do, and leaves unknown keys alone', () => {
    const one = show();
    expect([one.press('s', 0), one.press('?', 0), one.press('q', 0)]).toEqual(['swap', 'help', null]);
  });
  it('has no note in what the audience gets', () => {
    const one = show();
    one.go(1);
    expect(one.here[0]?.text).toBe('Ask why.');
    expect(JSON.stringify({ deck: one.deck, scene: one.scene })).not.toContain('Ask why');
  });
});

describe('slides that change by themselves', () => {
  it('stay their time, and begin again after the last', () => {
    const one = show();
    one.press('a', 1000);
    one.tick(1000 + CYCLE * 1000 - 1);
    expect(one.slide).toBe(0);
    one.tick(1000 + CYCLE * 1000);
    expect(one.slide).toBe(1);
    one.go(3);
    one.tick(1000 + CYCLE * 2000);
    expect(one.slide).toBe(0);
  });
});

describe('times', () => {
  it.each([[0, '0:00'], [5, '0:05'], [65, '1:05'], [3665, '1:01:05'], [-1, '−0:01'], [-605, '−10:05']])('%i seconds are %s', (seconds, shown) => {
    expect(span(seconds)).toBe(shown);
  });
});

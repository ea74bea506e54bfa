// Answers, staleness and keys: the rules behind the screens.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { SyncView } from '../bindings/SyncView';
import { language } from '../i18n/index.svelte';
import { Asked } from './asked.svelte';
import { Clock } from './clock.svelte';
import { Connection, STALE_AFTER } from './connection.svelte';
import { keys, order } from './keys.svelte';

describe('an answer', () => {
  it('of the last question wins, however late the first one comes', async () => {
    const asked = new Asked<string>();
    let late: (value: string) => void = () => undefined;
    const first = asked.ask(() => new Promise<string>((resolve) => (late = resolve)));
    await asked.ask(() => Promise.resolve('second'));
    late('first');
    await first;
    expect(asked.value).toBe('second');
    expect(asked.busy).toBe(false);
  });

  it('stays while a later question fails, and the fault is told', async () => {
    const asked = new Asked<string>();
    await asked.ask(() => Promise.resolve('good'));
    await asked.ask(() => Promise.reject({ code: 'a.b', message: 'm', detail: '' }));
    expect(asked.value).toBe('good');
    expect(asked.fault?.code).toBe('a.b');
  });

  it('that comes after clearing is ignored', async () => {
    const asked = new Asked<string>();
    let late: (value: string) => void = () => undefined;
    const asking = asked.ask(() => new Promise<string>((resolve) => (late = resolve)));
    asked.clear();
    late('old tenant');
    await asking;
    expect(asked.value).toBeNull();
  });
});

describe('the connection', () => {
  const NOW = Date.parse('2026-11-23T12:00:00Z');
  const clock = new Clock();
  const connection = new Connection(clock);
  const at = (view: Partial<SyncView>) => {
    connection.reset();
    connection.view = { ...connection.view, ...view };
  };
  beforeEach(() => {
    clock.now = NOW;
    language.locale = 'en';
  });

  it('believes news that came before an older answer', async () => {
    const connection = new Connection(new Clock());
    let answer: (view: SyncView) => void = () => undefined;
    const asked = connection.ask(() => new Promise((resolve) => { answer = resolve; }));
    connection.hear({ ...connection.view, state: 'offline' });
    answer({ ...connection.view, state: 'connecting' });
    await asked;
    expect(connection.view.state).toBe('offline');
    await connection.ask(() => Promise.resolve({ ...connection.view, state: 'live' as const }));
    expect(connection.view.state).toBe('live');
  });

  it('is stale after five minutes of silence, without any news from the core', () => {
    at({ state: 'live', lastContact: new Date(NOW).toISOString() });
    clock.now = NOW + STALE_AFTER - 1;
    expect(connection.stale).toBe(false);
    clock.now = NOW + STALE_AFTER;
    expect(connection.stale).toBe(true);
  });

  it('is stale when the core says so', () => {
    at({ stale: true });
    expect(connection.stale).toBe(true);
  });

  it('tells how far catching up is, and only then', () => {
    at({ state: 'catching_up', cursor: 1204, head: 5310 });
    expect(connection.progress).toBe(22);
    expect(connection.label).toBe('Catching up: 1,204 of 5,310');
    at({ state: 'catching_up', cursor: 5, head: 0 });
    expect(connection.progress).toBeNull();
    at({ state: 'catching_up', cursor: 9, head: 3 });
    expect(connection.progress).toBe(100);
    at({ state: 'live', cursor: 1, head: 2 });
    expect(connection.progress).toBeNull();
  });

  it.each([
    ['idle', 'Not connected'], ['connecting', 'Connecting'], ['live', 'Live'], ['offline', 'Offline'],
    ['refused', 'Refused'], ['sign_in_needed', 'Sign-in needed'],
  ] as const)('reads %s as %s', (state, label) => {
    at({ state });
    expect(connection.label).toBe(label);
  });

  it('says since when it is offline', () => {
    at({ state: 'offline', lastContact: new Date(NOW - 60_000).toISOString() });
    expect(connection.label).toMatch(/^Offline since \d\d:\d\d$/);
  });
});

describe('the clock', () => {
  it('ticks until it is stopped', () => {
    vi.useFakeTimers({ now: 0 });
    const clock = new Clock();
    const stop = clock.start();
    vi.advanceTimersByTime(30_000);
    expect(clock.now).toBe(30_000);
    stop();
    vi.advanceTimersByTime(60_000);
    expect(clock.now).toBe(30_000);
    vi.useRealTimers();
  });
});

describe('keys', () => {
  const press = (key: Partial<KeyboardEvent>, target: EventTarget = document.body) => {
    const event = new KeyboardEvent('keydown', key);
    Object.defineProperty(event, 'target', { value: target });
    return order(event);
  };

  it.each([
    [{ key: '?' }, { do: 'help' }], [{ key: 'F1' }, { do: 'help' }],
    [{ key: 'r', code: 'KeyR', altKey: true }, { do: 'reports' }],
    [{ key: 'к', code: 'KeyR', altKey: true }, { do: 'reports' }],
    [{ key: '2', code: 'Digit2', ctrlKey: true }, { do: 'dashboard', index: 1 }],
    [{ key: '2', code: 'Digit2', metaKey: true }, { do: 'dashboard', index: 1 }],
    [{ key: 'r', code: 'KeyR' }, null], [{ key: 'r', code: 'KeyR', ctrlKey: true }, null],
    [{ key: '0', code: 'Digit0', ctrlKey: true }, null], [{ key: '?', isComposing: true }, null],
  ])('%o asks for %o', (event, wanted) => {
    expect(press(event)).toEqual(wanted);
  });

  it('leave characters to a field that is being typed in', () => {
    const input = document.createElement('input');
    expect(press({ key: '?' }, input)).toBeNull();
    expect(press({ key: 'F1' }, input)).toEqual({ do: 'help' });
  });

  it('without a modifier can be turned off, which is remembered', () => {
    keys.single = false;
    expect(press({ key: '?' })).toBeNull();
    expect(localStorage.getItem('boardroom.single-keys')).toBe('off');
    keys.single = true;
    expect(press({ key: '?' })).toEqual({ do: 'help' });
  });
});

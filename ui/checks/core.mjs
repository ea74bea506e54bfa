// The window's page over the real core in Chromium, through the adapter of a test build: every screen under axe in both
// themes and three languages, breaches of the policy, Lighthouse, and how quick it is to the hand (web vitals). Started by
// `make browser`. Writes `vitals.json` and `lighthouse.json` into the folder `BOARDROOM_OUT`.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import lighthouse from 'lighthouse';
import { named } from './all.mjs';
import { launch } from './browser.mjs';
import { id, judge, perform, watched } from './page.mjs';

const { BOARDROOM_ADAPTER: address, BOARDROOM_ADAPTER_TOKEN: token, BOARDROOM_OUT: out } = process.env;
/** The screens over sample data that this person of the real core may open as well. */
const SCREENS = named([
  'dashboard', 'dashboard, scrolled', 'chart as a table', 'figure', 'period', 'palette', 'connection', 'time travel', 'what moved', 'present', 'reports',
  'exports', 'new report', 'report', 'preview', 'export', 'news', 'notes', 'meeting check', 'verify', 'settings', 'device', 'diagnostics', 'licences', 'shortcuts',
]);
const CATEGORIES = ['performance', 'accessibility', 'best-practices'];
/** What Lighthouse must give at least, of 100. */
const SCORE = 90;
const DEBUGGING = 9_300 + (process.pid % 500);

const found = [];
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const browser = await launch(`--remote-debugging-port=${DEBUGGING}`);
await mkdir(out, { recursive: true });

const strangers = await browser.newPage();
for (const path of ['/', '/?token=guessed', '/events', '/chart/overview/hours.svg']) {
  const answer = await strangers.request.get(`${address}${path}`);
  if (answer.status() !== 401) found.push(`a stranger was answered with ${answer.status()} at ${path}`);
}
await strangers.close();

const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
await watched(page, 'the window', found);
await page.addInitScript(() => {
  globalThis.vitals = { lcp: 0, cls: 0, inp: 0 };
  const note = (type, each, more = {}) => new PerformanceObserver((list) => { for (const entry of list.getEntries()) each(entry); }).observe({ type, buffered: true, ...more });
  note('largest-contentful-paint', ({ startTime }) => { globalThis.vitals.lcp = startTime; });
  note('layout-shift', ({ value, hadRecentInput }) => { if (!hadRecentInput) globalThis.vitals.cls += value; });
  note('event', ({ duration, interactionId }) => { if (interactionId) globalThis.vitals.inp = Math.max(globalThis.vitals.inp, duration); }, { durationThreshold: 16 });
});
await page.goto(`${address}/?token=${token}`);
await page.locator(id('unlock')).click();
await page.waitForSelector(id('kpi-card'));

/** Loads the page anew, at the first dashboard, as after a start. */
async function begin() {
  await page.evaluate(() => { sessionStorage.clear(); localStorage.clear(); });
  await page.goto(`${address}/`, { waitUntil: 'domcontentloaded' });
  await page.locator(id('nav-dashboard')).first().click();
  await page.waitForSelector(id('kpi-card'));
}

let opened = 0;
const began = Date.now();
for (const theme of ['light', 'dark']) {
  for (const locale of ['en', 'nb', 'uk']) {
    await page.evaluate(([locale, theme]) => globalThis.__TAURI_INTERNALS__.invoke('set_preferences', { locale, theme }), [locale, theme]);
    for (const screen of SCREENS) {
      const name = `${screen.name}, ${theme}, ${locale}`;
      await begin();
      await perform(page, screen, name, found);
      for (const violation of await page.evaluate(judge, axe)) found.push(`${name}: ${violation}`);
      opened += 1;
    }
    console.log(`${theme}, ${locale}: ${opened} screens, ${found.length} faults, ${Math.round((Date.now() - began) / 1000)} s`);
  }
}
await page.evaluate(() => globalThis.__TAURI_INTERNALS__.invoke('set_preferences', { locale: 'en', theme: 'light' }));

/** What a hand does in a meeting, and how long the window took for the slowest of it. */
const vitals = [];
for (let round = 0; round < 3; round += 1) {
  await begin();
  await page.waitForLoadState('networkidle').catch(() => undefined);
  for (const press of [`${id('nav-dashboard')} >> nth=1`, `${id('nav-dashboard')} >> nth=0`, `${id('chart-table')} >> nth=0`, `${id('kpi-card')} button >> nth=0`]) await page.locator(press).first().click();
  await page.keyboard.press('Escape');
  await page.locator(id('nav-reports')).click();
  await page.waitForTimeout(500);
  vitals.push(await page.evaluate(() => globalThis.vitals));
}
/** The middle one of the rounds. */
const middle = (name) => vitals.map((each) => each[name]).sort((a, b) => a - b)[1];
const measured = { lcp_ms: Math.round(middle('lcp')), cls: Number(middle('cls').toFixed(4)), inp_ms: Math.round(middle('inp')) };
await writeFile(`${out}/vitals.json`, `${JSON.stringify(measured, null, 2)}\n`);
console.log('web vitals', measured);

const { lhr } = await lighthouse(`${address}/`, { port: DEBUGGING, logLevel: 'error', output: 'json' }, {
  extends: 'lighthouse:default',
  settings: {
    onlyCategories: CATEGORIES, formFactor: 'desktop', throttlingMethod: 'provided', disableStorageReset: true,
    screenEmulation: { mobile: false, width: 1280, height: 800, deviceScaleFactor: 1, disabled: false }, extraHeaders: { Cookie: `adapter=${token}` },
  },
});
if (lhr.runtimeError) found.push(`Lighthouse saw no page: ${lhr.runtimeError.message}`);
const scores = Object.fromEntries(CATEGORIES.map((name) => [name, Math.round((lhr.categories[name].score ?? 0) * 100)]));
for (const [name, score] of Object.entries(scores)) if (score <= SCORE) found.push(`Lighthouse gives ${score} for ${name}`);
const missed = Object.values(lhr.audits).filter(({ score, scoreDisplayMode }) => score !== null && score < 1 && ['binary', 'metricSavings', 'numeric'].includes(scoreDisplayMode)).map(({ id, title, displayValue }) => `${id}: ${title} ${displayValue ?? ''}`.trim());
await writeFile(`${out}/lighthouse.json`, `${JSON.stringify({ lighthouse: lhr.lighthouseVersion, scores, missed }, null, 2)}\n`);
console.log('Lighthouse', scores, missed);
await browser.close();

for (const line of found) console.error(line);
console.log(`${opened} screens over the real core, ${found.length} faults`);
process.exitCode = found.length > 0 || opened === 0 ? 1 : 0;

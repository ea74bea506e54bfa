// Compares the main screens over sample data, at a fixed time, with the pictures in `checks/pictures`: what changed is
// shown in `dist-look`. With `--update`, takes the pictures. Needs `npm run build:fake` before.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';
import { named } from './all.mjs';
import { launch, serve } from './browser.mjs';
import { perform, watched } from './page.mjs';

const MAIN = named([
  'sign-in', 'unlock', 'dashboard', 'figure', 'arranging', 'palette', 'offline and stale', 'presenter', 'audience', 'time travel', 'side by side',
  'reports', 'report', 'writing', 'preview', 'notes', 'ready', 'export', 'verified', 'settings', 'broken',
]);
const LOOKS = [{ theme: 'light', locale: 'en' }, { theme: 'dark', locale: 'uk' }];
const SIZE = { width: 1280, height: 800 };
/** Pixels that may differ: less than an icon, for edges are painted a little differently by another Chromium. */
const TOLERATED = 100;
const NOW = new Date('2026-11-02T09:30:00Z');

const folder = new URL('pictures/', import.meta.url);
const differences = new URL('../dist-look/', import.meta.url);
const update = process.argv.includes('--update');
const found = [];
const server = await serve('dist-fake');
const browser = await launch();
await rm(differences, { recursive: true, force: true });
for (const each of [folder, differences]) await mkdir(each, { recursive: true });

for (const { theme, locale } of LOOKS) {
  for (const screen of MAIN) {
    const name = `${screen.name.replaceAll(' ', '-')}-${theme}-${locale}`;
    const context = await browser.newContext({ viewport: SIZE, reducedMotion: 'reduce', timezoneId: 'Europe/Oslo', locale: 'en-GB' });
    const page = await context.newPage();
    await page.clock.setFixedTime(NOW);
    await watched(page, name, found);
    await page.goto(`${server.url}/?delay=0&${screen.query}&theme=${theme}&locale=${locale}`);
    await page.waitForSelector('main');
    await perform(page, screen, name, found);
    await page.evaluate(() => document.fonts.ready);
    const picture = await page.screenshot({ animations: 'disabled', caret: 'hide' });
    await context.close();
    const stored = new URL(`${name}.png`, folder);
    if (update) await writeFile(stored, picture);
    else await compare(name, picture, await readFile(stored).catch(() => null));
  }
}
await browser.close();
await server.close();

for (const line of found) console.error(line);
console.log(`${MAIN.length} screens in ${LOOKS.length} looks, ${found.length} ${update ? 'faults' : 'differences'}`);
process.exitCode = found.length > 0 ? 1 : 0;

async function compare(name, picture, stored) {
  if (stored === null) return found.push(`${name}: there is no picture; look at it, then take it with --update`);
  const [before, now] = [PNG.sync.read(stored), PNG.sync.read(picture)];
  if (before.width !== now.width || before.height !== now.height) return found.push(`${name}: another size`);
  const difference = new PNG({ width: now.width, height: now.height });
  const pixels = pixelmatch(before.data, now.data, difference.data, now.width, now.height, { threshold: 0.15 });
  if (pixels <= TOLERATED) return;
  await writeFile(new URL(`${name}.png`, differences), PNG.sync.write(difference));
  found.push(`${name}: ${pixels} pixels differ; see dist-look/${name}.png`);
}

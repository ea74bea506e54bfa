// Opens every screen of the window over sample data in Chromium, under the policy of the window: axe, breaches of the
// policy, content that is cut off, and the order of focus. With `--sheet FOLDER`, also takes the pictures of the screens.
// Needs `npm run build:fake` before.
import { mkdir, writeFile, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { SCREENS } from './all.mjs';
import { launch, serve, sheet } from './browser.mjs';
import { id, judge, perform, watched } from './page.mjs';

const SIZE = { width: 1280, height: 800 };
const LOOKS = ['light', 'dark'].flatMap((theme) => ['en', 'nb', 'uk'].map((locale) => ({ theme, locale })));
/** The looks that are pictured, with the name of the picture. */
const PICTURED = { 'light/en': 'light', 'dark/en': 'dark', 'light/uk': 'ukrainian' };
/** Windows in which nothing may be cut off at the side: the smallest one, large type in it, and 200 and 400 % of 1280 by 1024. */
const TIGHT = [{ width: 800, height: 600 }, { width: 800, height: 600, text: 'largest' }, { width: 640, height: 512 }, { width: 320, height: 256 }];

/** With `--screen WORDS`, only screens with these in their names. */
const words = process.argv.includes('--screen') ? process.argv[process.argv.indexOf('--screen') + 1] : '';
const screens = SCREENS.filter(({ name }) => name.includes(words));
const folder = process.argv.includes('--sheet') ? process.argv[process.argv.indexOf('--sheet') + 1] : null;
const only = folder !== null;
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const server = await serve('dist-fake');
const browser = await launch();
const found = [];
let opened = 0;

for (const { theme, locale } of LOOKS) {
  const picture = PICTURED[`${theme}/${locale}`];
  if (only && !picture) continue;
  const pictures = [];
  for (const screen of screens) {
    const name = `${screen.name}, ${theme}, ${locale}`;
    const page = await open(name, SIZE, `${screen.query}&theme=${theme}&locale=${locale}`);
    await perform(page, screen, name, found);
    for (const violation of await page.evaluate(judge, axe)) found.push(`${name}: ${violation}`);
    if (only) pictures.push({ name: screen.name, png: await page.screenshot() });
    opened += 1;
    await page.context().close();
  }
  if (only) {
    await mkdir(folder, { recursive: true });
    await writeFile(`${folder}/${picture}.png`, await sheet(browser, `Every screen, ${picture}`, pictures, { columns: 4, width: 2000, rows: true, dark: theme === 'dark' }));
  }
}
if (!only) {
  for (const size of TIGHT) for (const screen of screens) await fits(screen, size);
  await order();
  await control();
}
await browser.close();
await server.close();

for (const line of found) console.error(line);
console.log(`${screens.length} screens, opened ${opened} times, ${found.length} faults`);
process.exitCode = found.length > 0 || opened === 0 ? 1 : 0;

/** A new window of its own, whose breaches of the policy and errors are faults. */
async function open(name, size, query) {
  const context = await browser.newContext({ viewport: { width: size.width, height: size.height }, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.addInitScript((text) => {
    if (text) localStorage.setItem('boardroom.looks', JSON.stringify({ text }));
  }, size.text);
  await watched(page, name, found);
  await page.goto(`${server.url}/?delay=0&${query}`);
  await page.waitForSelector('main');
  return page;
}

/** Finds what runs out of the window at the side; what scrolls by itself may. */
async function fits(screen, size) {
  const name = `${screen.name}, ${size.width}×${size.height}${size.text ? `, ${size.text} type` : ''}`;
  const page = await open(name, size, screen.query);
  await perform(page, screen, name, found);
  const cut = await page.evaluate(() => {
    const scrolls = (element) => {
      for (let each = element; each; each = each.parentElement) {
        if (/auto|scroll/.test(getComputedStyle(each).overflowX) && each.tagName !== 'MAIN' && each.scrollWidth > each.clientWidth) return true;
      }
      return false;
    };
    return [...document.querySelectorAll('button, input, h1, h2, h3, p, dd, dt, td, img, label')]
      .filter((element) => {
        const { left, right, width } = element.getBoundingClientRect();
        return width > 2 && (right > innerWidth + 1 || left < -1) && getComputedStyle(element).clipPath === 'none' && !element.closest('.visually-hidden') && !scrolls(element) && !element.matches('nav[aria-label] > button');
      })
      .map((element) => `${element.tagName.toLowerCase()}.${element.className} “${element.textContent.trim().slice(0, 40)}”`)
      .slice(0, 3);
  });
  const over = await page.evaluate(() => {
    const boxes = [...document.querySelectorAll('header .line > *')].map((element) => ({ name: element.className || element.tagName, ...element.getBoundingClientRect().toJSON() })).filter(({ width }) => width > 0);
    return boxes.flatMap((one, at) => boxes.slice(at + 1).filter((other) => one.left < other.right - 1 && other.left < one.right - 1 && one.top < other.bottom - 1 && other.top < one.bottom - 1).map((other) => `${one.name} and ${other.name}`));
  });
  if (over.length > 0) found.push(`${name}: one over the other: ${over.join(', ')}`);
  if (cut.length > 0) found.push(`${name}: runs out of the window: ${cut.join(', ')}`);
  await page.context().close();
}

/** The first stops of Tab, and a dialog that keeps the focus and gives it back. */
async function order() {
  const page = await open('order of focus', SIZE, '');
  await page.waitForSelector(id('kpi-card'));
  const stops = [];
  for (let stop = 0; stop < 24; stop += 1) {
    await page.keyboard.press('Tab');
    stops.push(await page.evaluate(() => document.activeElement.dataset.testid ?? document.activeElement.className.split(' ')[0]));
  }
  const wanted = ['tenant-switch', 'nav-dashboard', 'nav-reports', 'nav-settings', 'lock', 'badge-trigger', 'unsent', 'palette-open', 'language', 'theme-toggle', 'help'];
  const at = wanted.map((stop) => stops.indexOf(stop));
  if (at.some((each, index) => each < 3 || (index > 0 && each <= at[index - 1]))) found.push(`order of focus: ${stops.join(' → ')}`);
  const card = page.locator(`${id('kpi-card')} button`).first();
  await card.focus();
  await page.keyboard.press('Enter');
  await page.waitForSelector('[role=dialog]');
  for (let stop = 0; stop < 24; stop += 1) {
    await page.keyboard.press('Tab');
    if (!(await page.evaluate(() => document.querySelector('[role=dialog]').contains(document.activeElement)))) found.push(`order of focus: Tab ${stop + 1} left the dialog`);
  }
  await page.keyboard.press('Escape');
  await page.waitForSelector('[role=dialog]', { state: 'detached' });
  await page.waitForTimeout(100);
  if (!(await card.evaluate((button) => button === document.activeElement))) found.push('order of focus: the dialog did not give the focus back');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('ver');
  await page.keyboard.press('Enter');
  await page.waitForSelector(id('verify-choose')).catch(() => found.push('order of focus: the palette led nowhere'));
  await page.context().close();
}

/** A judge that never finds anything is no judge. */
async function control() {
  const before = found.length;
  const page = await open('control', SIZE, 'state=signed_out');
  await page.evaluate(() => {
    document.querySelector('main').append(document.createElement('button'));
    const styled = document.createElement('p');
    styled.setAttribute('style', 'color: red');
    document.querySelector('main').append(styled);
  });
  const seen = (await page.evaluate(judge, axe)).join('\n');
  await page.waitForTimeout(100);
  const breaches = await page.evaluate(() => globalThis.breaches);
  await page.context().close();
  found.length = before;
  if (!seen.includes('button-name') || breaches.length === 0) found.push(`the control was not found: ${seen} ${breaches.join(' ')}`);
}

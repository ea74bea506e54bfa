// Draws every story in Chromium and puts axe over it, in light, dark and high contrast. With `--sheet FOLDER`, also takes
// a picture of the parts in light and dark. Needs `npm run storybook:build` before.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { launch, serve, sheet } from './browser.mjs';

const LOOKS = [
  { name: 'light', globals: 'theme:light' },
  { name: 'dark', globals: 'theme:dark' },
  { name: 'light, more contrast', globals: 'theme:light;contrast:more' },
  { name: 'dark, more contrast', globals: 'theme:dark;contrast:more' },
];
/** Rules about whole pages, which a story is not. */
const RULES = Object.fromEntries(['region', 'page-has-heading-one', 'landmark-one-main'].map((rule) => [rule, { enabled: false }]));

const folder = process.argv.includes('--sheet') ? process.argv[process.argv.indexOf('--sheet') + 1] : null;
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const index = JSON.parse(await readFile(new URL('../dist-stories/index.json', import.meta.url), 'utf8'));
const stories = Object.values(index.entries).filter(({ type }) => type === 'story');

const server = await serve('dist-stories', { policy: false });
const browser = await launch();
const found = [];
let drawn = 0;

const looks = folder === null ? LOOKS : LOOKS.filter(({ name }) => !name.includes('contrast'));
for (const look of looks) {
  const page = await browser.newPage({ viewport: { width: 980, height: 600 }, reducedMotion: 'reduce' });
  page.on('pageerror', (error) => found.push(`${look.name}: ${error.message}`));
  await page.goto(`${server.url}/iframe.html?id=${stories[0].id}&viewMode=story&globals=${look.globals}`);
  await page.addScriptTag({ content: axe });
  await page.waitForSelector('.stage');
  const pictures = [];
  for (const { id, title, name } of stories) {
    const outcome = await page.evaluate(show, id);
    if (outcome !== 'drawn') found.push(`${look.name}: ${title}, ${name}: ${outcome}`);
    if (id === 'actions-button--primary') await control(page, look);
    const violations = await page.evaluate(judge, RULES);
    for (const violation of violations) found.push(`${look.name}: ${title}, ${name}: ${violation}`);
    drawn += 1;
    if (folder !== null) {
      const clip = await page.evaluate(extent);
      pictures.push({ name: `${title.split('/')[1]}: ${name.toLowerCase()}`, png: await page.screenshot({ clip }) });
    }
  }
  if (pictures.length > 0) {
    await mkdir(folder, { recursive: true });
    const png = await sheet(browser, `Parts of the window, ${look.name}`, pictures, { columns: 5, width: 2000, dark: look.name === 'dark' });
    await writeFile(`${folder}/parts-${look.name}.png`, png);
  }
  await page.close();
}
await browser.close();
await server.close();

for (const line of found) console.error(line);
console.log(`${stories.length} stories, ${drawn} drawn, ${found.length} violations`);
process.exitCode = found.length > 0 || drawn !== stories.length * looks.length ? 1 : 0;

/** Shows a story in the page that is open, and tells how it went. */
function show(id) {
  const channel = globalThis.__STORYBOOK_ADDONS_CHANNEL__;
  return new Promise((resolve) => {
    const late = setTimeout(() => { done('nothing was drawn in ten seconds'); }, 10_000);
    const heard = {
      storyRendered: () => { done('drawn'); },
      storyThrewException: (error) => { done(`threw ${error?.message ?? error}`); },
      storyErrored: (error) => { done(`failed ${error?.title ?? error}`); },
      storyMissing: () => { done('is missing'); },
    };
    function done(outcome) {
      clearTimeout(late);
      for (const [name, listener] of Object.entries(heard)) channel.off(name, listener);
      // Lists place themselves, and the sample desktop answers, after the story is drawn.
      setTimeout(() => { resolve(outcome); }, 120);
    }
    for (const [name, listener] of Object.entries(heard)) channel.on(name, listener);
    channel.emit('forceRemount', { storyId: id });
    channel.emit('setCurrentStory', { storyId: id, viewMode: 'story' });
  });
}

/** What axe says about the page, one line for each rule. */
async function judge(rules) {
  const { violations } = await globalThis.axe.run(document, { rules, resultTypes: ['violations'] });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, any }) => `${html.slice(0, 160)} ${any[0]?.message ?? ''}`).join(' | ')}`);
}

/** A judge that never finds anything is no judge: two faults are put in and have to be found. */
async function control(page, look) {
  await page.evaluate(() => {
    const bad = document.createElement('div');
    bad.id = 'control';
    const pale = Object.assign(document.createElement('p'), { textContent: 'Too pale to read' });
    pale.style.cssText = 'color:#888;background:#999';
    bad.append(document.createElement('button'), pale);
    document.querySelector('.stage').append(bad);
  });
  const seen = (await page.evaluate(judge, RULES)).join('\n');
  await page.evaluate(() => document.getElementById('control').remove());
  if (!seen.includes('button-name') || !seen.includes('color-contrast')) found.push(`${look.name}: the control was not found: ${seen}`);
}

/** The part of the page that is drawn on, with what lies over it. */
function extent() {
  if (document.querySelector('.scrim, [data-testid=notice]')) return { x: 0, y: 0, width: innerWidth, height: innerHeight };
  const boxes = [...document.querySelectorAll('.stage > *, .menu, .popover, .tip')]
    .map((element) => element.getBoundingClientRect())
    .filter(({ width, height }) => width > 4 && height > 4);
  const right = Math.min(innerWidth, Math.max(120, ...boxes.map((box) => box.right)) + 20);
  const bottom = Math.min(innerHeight, Math.max(40, ...boxes.map((box) => box.bottom)) + 20);
  const left = Math.max(0, Math.min(...boxes.map((box) => box.left), 20) - 20);
  return { x: left, y: 0, width: right - left, height: bottom };
}

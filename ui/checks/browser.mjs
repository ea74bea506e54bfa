// A built folder served on loopback, and Debian's Chromium to look at it. Shared by the checks; no check itself.
import { preview } from 'vite';
import { chromium } from 'playwright-core';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Serves a built folder; the window's policy goes along unless `policy` is false. */
export async function serve(outDir, { policy = true } = {}) {
  const server = await preview({
    mode: 'fake',
    logLevel: 'warn',
    build: { outDir },
    preview: { host: '127.0.0.1', port: 0, ...(policy ? {} : { headers: { 'Content-Security-Policy': '' } }) },
  });
  const address = server.httpServer.address();
  return { url: `http://127.0.0.1:${address.port}`, close: () => server.close() };
}

/** A browser that asks the network for nothing. */
export function launch(...more) {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--hide-scrollbars', ...more],
  });
}

/** Lays pictures out on one page with their names, and returns the page as a PNG. */
export async function sheet(browser, title, pictures, { columns, width, dark, rows = false }) {
  const page = await browser.newPage({ viewport: { width, height: 800 }, deviceScaleFactor: 1 });
  await page.setContent('<!doctype html><title>sheet</title><body></body>');
  await page.evaluate(
    ({ title, pictures, columns, dark, rows }) => {
      const body = document.body;
      body.style.cssText = `margin:0;padding:28px;font:13px Inter,"DejaVu Sans",sans-serif;background:${dark ? '#060b14' : '#e6ebf1'};color:${dark ? '#ecf2f9' : '#0e1b2e'}`;
      const heading = Object.assign(document.createElement('h1'), { textContent: title });
      heading.style.cssText = 'font-size:20px;margin:0 0 20px';
      const grid = document.createElement('div');
      grid.style.cssText = rows ? `display:grid;grid-template-columns:repeat(${columns},1fr);gap:0 18px` : `columns:${columns};column-gap:18px`;
      for (const { name, png } of pictures) {
        const figure = document.createElement('figure');
        figure.style.cssText = 'margin:0 0 18px;break-inside:avoid';
        const image = Object.assign(document.createElement('img'), { src: `data:image/png;base64,${png}` });
        image.style.cssText = 'display:block;max-width:100%;border-radius:6px;outline:1px solid #8886';
        figure.append(Object.assign(document.createElement('figcaption'), { textContent: name }), image);
        figure.firstChild.style.cssText = 'margin-bottom:6px;opacity:.8';
        grid.append(figure);
      }
      body.append(heading, grid);
      return Promise.all([...document.images].map((image) => image.decode()));
    },
    { title, pictures: pictures.map(({ name, png }) => ({ name, png: png.toString('base64') })), columns, dark, rows },
  );
  const png = await page.screenshot({ fullPage: true });
  await page.close();
  return png;
}

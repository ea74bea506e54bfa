// A stand-in picture for charts where there is no core to draw them. Never part of the production bundle.
import type { ChartQuestion } from './desk';

const INK = {
  light: { ground: '#FFFFFF', text: '#4A5B70', grid: '#E3E9F0', series: ['#0E7C86', '#1E3A6E', '#D08A2E', '#7A5AA6'] },
  dark: { ground: '#131C2E', text: '#A9B8CC', grid: '#26334A', series: ['#3CC2C6', '#8FB3F5', '#F0B45C', '#B79BE8'] },
} as const;

const wave = (seed: number, step: number): number =>
  0.5 + 0.32 * Math.sin(seed * 1.7 + step * 0.8) + 0.16 * Math.sin(seed + step * 2.3);

function frame(width: number, height: number, ink: (typeof INK)['light' | 'dark']): string {
  const lines = [0, 1, 2, 3, 4].map((step) => {
    const y = 16 + (step * (height - 56)) / 4;
    return `<line x1="44" x2="${width - 12}" y1="${y}" y2="${y}" stroke="${ink.grid}"/><text x="36" y="${y + 4}" text-anchor="end">${100 - step * 25}</text>`;
  });
  return lines.join('');
}

function bars(width: number, height: number, colours: readonly string[]): string {
  const step = (width - 68) / 8;
  const tall = height - 56;
  return Array.from({ length: 8 }, (_, index) =>
    [0, 1].map((series) => {
      const high = tall * wave(series + 2, index);
      const x = 50 + index * step + series * step * 0.36;
      return `<rect x="${x}" y="${16 + tall - high}" width="${step * 0.32}" height="${high}" rx="2" fill="${colours[series]}"/>`;
    }).join(''),
  ).join('');
}

function lines(width: number, height: number, colours: readonly string[]): string {
  const step = (width - 68) / 11;
  return [0, 1, 2].map((series) => {
    const points = Array.from({ length: 12 }, (_, index) => `${50 + index * step},${16 + (height - 56) * (1 - wave(series, index))}`);
    return `<polyline points="${points.join(' ')}" fill="none" stroke="${colours[series]}" stroke-width="2.25" stroke-linejoin="round"/>`;
  }).join('');
}

function ring(width: number, height: number, colours: readonly string[]): string {
  const radius = Math.min(width, height) * 0.32;
  const round = 2 * Math.PI * radius;
  const shares = [0.38, 0.27, 0.21, 0.14];
  let start = 0;
  return shares.map((share, index) => {
    const arc = `<circle cx="${width / 2}" cy="${height / 2}" r="${radius}" fill="none" stroke="${colours[index]}" stroke-width="${radius * 0.42}" stroke-dasharray="${round * share - 3} ${round}" stroke-dashoffset="${-round * start}"/>`;
    start += share;
    return arc;
  }).join('');
}

/** A picture as a `data:` address. */
export function fakeChart({ tile, mode, width, height }: ChartQuestion): string {
  const ink = INK[mode];
  const body =
    tile.includes('mix') ? ring(width, height, ink.series)
    : tile.includes('bar') ? frame(width, height, ink) + bars(width, height, ink.series)
    : frame(width, height, ink) + lines(width, height, ink.series);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="Inter, sans-serif" font-size="11" fill="${ink.text}"><rect width="100%" height="100%" fill="${ink.ground}"/>${body}</svg>`;
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
}

// The computed part of the design tokens: contrast by WCAG 2.2, and the palette that follows from a tenant's accent colour.
// Nothing computed here is stored; whoever shows a theme computes it again.

/** Red, green and blue, each 0-1, gamma-encoded as in sRGB. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** The colours an accent has to stand on, as `#rrggbb`. */
export interface Grounds {
  ground: string;
  surface: string;
  'surface-2': string;
  'surface-3': string;
  over: string;
}

/** The tokens that follow from an accent, without the leading dashes. */
export type Palette = Record<'accent' | 'accent-hover' | 'accent-soft' | 'on-accent' | 'focus', string>;

/** A palette, or why there is none and what would do instead. */
export type Themed =
  | { ok: true; palette: Palette; /** The lowest contrast of accent text on any ground. */ contrast: number }
  | { ok: false; code: 'theme.colour_unreadable' }
  | { ok: false; code: 'theme.contrast_too_low'; contrast: number; least: number; /** The nearest colour of the same hue that passes. */ nearest: string };

/** WCAG 2.2: text 4.5 (1.4.3), enhanced text 7 (1.4.6), parts of controls and marks 3 (1.4.11). */
export const LEAST = { text: 4.5, enhanced: 7, mark: 3 } as const;

/** Which token is drawn on which, and how much contrast that needs. Every pair that a component uses is here; a test looks. */
export const PAIRS: readonly { ink: string; on: string; least: keyof typeof LEAST }[] = [
  ...pairs(['ink', 'ink-2'], ['ground', 'surface', 'surface-2', 'surface-3', 'over'], 'enhanced'),
  ...pairs(['ink'], ['accent-soft', 'good-soft', 'warn-soft', 'bad-soft', 'info-soft'], 'enhanced'),
  ...pairs(['ink-3', 'accent'], ['ground', 'surface', 'surface-2', 'over'], 'text'),
  ...pairs(['ink-2'], ['accent-soft', 'good-soft', 'warn-soft', 'bad-soft', 'info-soft'], 'text'),
  ...pairs(['ink-3'], ['surface-3'], 'text'),
  ...pairs(['on-accent'], ['accent', 'accent-hover'], 'text'),
  ...pairs(['accent'], ['accent-soft'], 'text'),
  ...pairs(['on-bad'], ['bad'], 'text'),
  ...['good', 'warn', 'bad', 'info'].flatMap((ink) => pairs([ink], [`${ink}-soft`, 'surface', 'surface-2', 'ground', 'over'], 'text')),
  ...pairs(['tip-ink'], ['tip'], 'enhanced'),
  ...pairs(['line-strong', 'focus'], ['ground', 'surface', 'surface-2', 'surface-3', 'over'], 'mark'),
  ...pairs(['rail-ink'], ['rail', 'rail-raised', 'rail-avatar', 'rail-hover'], 'enhanced'),
  ...pairs(['rail-ink-2'], ['rail', 'rail-raised'], 'enhanced'),
  ...pairs(['rail-accent'], ['rail', 'rail-raised'], 'text'),
  ...pairs(['rail-ink'], ['brand-1', 'brand-2', 'brand-3'], 'text'),
];

/** How far the lightness of an accent may be moved before it is no longer the tenant's colour, in OKLCH (0-1). */
const REACH = 0.24;

/** Reads `#rrggbb`; anything else is `null`. */
export function readColour(text: string): Rgb | null {
  if (!/^#[0-9a-f]{6}$/i.test(text)) return null;
  const at = (start: number) => Number.parseInt(text.slice(start, start + 2), 16) / 255;
  return [at(1), at(3), at(5)];
}

/** Relative luminance, 0-1. */
export function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map(linear) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The contrast of two colours, 1-21. Text that is no colour has none: 1. */
export function contrast(one: string, other: string): number {
  const [a, b] = [readColour(one), readColour(other)];
  if (!a || !b) return 1;
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/**
 * The palette of an accent on the given grounds. The accent keeps its hue and moves in lightness no further than it must:
 * to enhanced contrast where that is in reach, else to the least that text needs, else it is refused.
 */
export function palette(accent: string, grounds: Grounds): Themed {
  const start = readColour(accent);
  const surface = readColour(grounds.surface);
  if (!start || !surface) return { ok: false, code: 'theme.colour_unreadable' };
  const dark = luminance(surface) < 0.2;
  const [lightness, chroma, hue] = toOklch(start);
  const shade = (l: number) => hex(fromOklch(l, chroma, hue));
  const soft = hex(dark ? fromOklch(0.3, Math.min(chroma, 0.045), hue) : fromOklch(0.955, Math.min(chroma, 0.022), hue));
  const on = [grounds.ground, grounds.surface, grounds['surface-2'], grounds.over, soft];
  const weakest = (colour: string) => Math.min(...on.map((each) => contrast(colour, each)));
  const away = dark ? 1 : -1;
  const reached = (least: number): number | null => {
    for (let moved = 0; moved <= 1; moved += 0.005) {
      const l = lightness + away * moved;
      if (l < 0 || l > 1) return null;
      if (weakest(shade(l)) >= least) return l;
    }
    return null;
  };
  const enhanced = reached(LEAST.enhanced);
  const enough = reached(LEAST.text);
  if (enough === null || Math.abs(enough - lightness) > REACH) {
    return {
      ok: false, code: 'theme.contrast_too_low', contrast: weakest(accent), least: LEAST.text, nearest: enough === null ? (dark ? '#ffffff' : '#000000') : shade(enough),
    };
  }
  const l = enhanced !== null && Math.abs(enhanced - lightness) <= REACH / 2 ? enhanced : enough;
  const strong = shade(l);
  const hover = shade(Math.min(1, Math.max(0, l + away * 0.06)));
  const ink = [hex(fromOklch(0.18, Math.min(chroma, 0.03), hue)), '#ffffff']
    .toSorted((a, b) => Math.min(contrast(b, strong), contrast(b, hover)) - Math.min(contrast(a, strong), contrast(a, hover)))[0] as string;
  return { ok: true, contrast: weakest(strong), palette: { accent: strong, 'accent-hover': hover, 'accent-soft': soft, 'on-accent': ink, focus: strong } };
}

const WORN = ['accent', 'accent-hover', 'accent-soft', 'on-accent', 'focus'] as const;

/**
 * Lays the palette of an accent over the tokens of a page, on the grounds it has just now; `null`, or an accent that is refused, leaves the
 * colours of the product. To be called again when the theme changes.
 */
export function wear(page: HTMLElement, accent: string | null): Themed | null {
  for (const name of WORN) page.style.removeProperty(`--${name}`);
  if (accent === null) return null;
  const style = getComputedStyle(page);
  const ground = (name: keyof Grounds) => style.getPropertyValue(`--${name}`).trim();
  const themed = palette(accent, {
    ground: ground('ground'), surface: ground('surface'), 'surface-2': ground('surface-2'), 'surface-3': ground('surface-3'), over: ground('over'),
  });
  if (themed.ok) for (const name of WORN) page.style.setProperty(`--${name}`, themed.palette[name]);
  return themed;
}

function pairs(inks: string[], grounds: string[], least: keyof typeof LEAST) {
  return inks.flatMap((ink) => grounds.map((on) => ({ ink, on, least })));
}

function linear(share: number): number {
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

function encoded(share: number): number {
  const inside = Math.min(1, Math.max(0, share));
  return inside <= 0.0031308 ? inside * 12.92 : 1.055 * inside ** (1 / 2.4) - 0.055;
}

const hex = (colour: Rgb): string => `#${colour.map((share) => Math.round(share * 255).toString(16).padStart(2, '0')).join('')}`;

/** Lightness 0-1, chroma, hue in radians. OKLab by Björn Ottosson, https://bottosson.github.io/posts/oklab/ */
function toOklch(colour: Rgb): [lightness: number, chroma: number, hue: number] {
  const [r, g, b] = colour.map(linear) as [number, number, number];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  const a = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  const bb = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  return [0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s, Math.hypot(a, bb), Math.atan2(bb, a)];
}

/** The colour in sRGB; chroma gives way where the lightness leaves no room for it. */
function fromOklch(lightness: number, chroma: number, hue: number): Rgb {
  for (let room = chroma; ; room -= 0.004) {
    const [a, b] = [Math.max(0, room) * Math.cos(hue), Math.max(0, room) * Math.sin(hue)];
    const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
    const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
    const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
    const shares = [
      4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
      -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
      -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
    ];
    if (room <= 0 || shares.every((share) => share >= -0.0005 && share <= 1.0005)) return shares.map(encoded) as unknown as Rgb;
  }
}

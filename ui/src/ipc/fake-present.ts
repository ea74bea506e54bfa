// A show over sample data, for tests and `npm run dev`: two screens, and notes that are only the presenter's.
import type { DashboardView } from '../bindings/DashboardView';
import type { Deck } from '../bindings/Deck';
import type { Locale } from '../bindings/Locale';
import type { ShowView } from '../bindings/ShowView';
import type { Presenting, Scene, Screen } from './present';

const END: Record<Locale, string> = { en: 'Thank you', nb: 'Takk for oppmerksomheten', uk: 'Дякуємо за увагу' };
const NOTE: Record<Locale, string> = {
  en: 'Say why September was the busiest month, and thank Tromsø for the new volunteers.',
  nb: 'Si hvorfor september var travlest, og takk Tromsø for de nye frivillige.',
  uk: 'Скажіть, чому вересень був найнапруженішим, і подякуйте Тромсе за нових волонтерів.',
};
const SCREENS: Screen[] = [
  { id: 'laptop@0,0', width: 1440, height: 900, scale: 1, here: true, audience: false },
  { id: 'projector@1440,0', width: 1920, height: 1080, scale: 1, here: false, audience: false },
];

/** A dashboard as slides. */
export function deckOf(view: DashboardView, locale: Locale): ShowView {
  const cards = view.tiles.flatMap((tile) => (tile.kind === 'kpi' ? [tile.card] : []));
  const slides: Deck['slides'] = [
    { title: view.company, from: '', body: { kind: 'title', subtitle: view.periodLabel } },
    { title: view.title, from: view.title, body: { kind: 'figures', cards: cards.slice(0, 4) } },
    ...view.tiles.flatMap((tile): Deck['slides'] =>
      tile.kind === 'chart' && tile.empty === null ? [{ title: tile.title, from: view.title, body: { kind: 'chart', dashboard: view.id, tile: tile.id, alt: tile.alt } }]
      : tile.kind === 'evidence' && tile.items.length > 0 ? [{ title: tile.title, from: view.title, body: { kind: 'evidence', items: tile.items.slice(0, 3) } }]
      : []),
    { title: view.title, from: view.title, body: { kind: 'end', words: END[locale] } },
  ];
  return {
    deck: { title: view.title, company: view.company, accent: '#0E7C86', period: view.period, seq: view.seq, asOf: '2026-11-26T09:00:00Z', slides },
    notes: slides.map((_, index) => (index === 1 ? [{ author: 'Kari Nordmann', private: true, text: NOTE[locale] }] : [])),
  };
}

/** Boardroom mode without a core. */
export function presenting(answer: <T>(command: string, make: () => T) => Promise<T>, show: () => ShowView): Presenting {
  let scene: Scene = { slide: 0, cover: 'none', dark: false, large: false, pointer: null, evidence: null };
  let audience: string | null = null;
  const screens = () => SCREENS.map((screen) => ({ ...screen, audience: screen.id === audience }));
  return {
    screens: () => answer('screens', screens),
    present: (_, screen) => answer('present', () => {
      audience = screen;
      return { show: show(), screens: screens(), awake: true };
    }),
    presentOn: (screen) => answer('present_on', () => {
      audience = screen;
      return screens();
    }),
    steer: (next) => answer('steer', () => { scene = next; }),
    endShow: () => answer('end_show', () => { audience = null; }),
    audience: () => answer('audience', () => ({ deck: show().deck, scene, locale: 'en' as const })),
    audienceKey: () => answer('audience_key', () => undefined),
  };
}

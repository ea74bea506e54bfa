// What boardroom mode asks of the core. Types of the window's own commands; no transport.
import type { Deck } from '../bindings/Deck';
import type { Locale } from '../bindings/Locale';
import type { ShowRequest } from '../bindings/ShowRequest';
import type { ShowView } from '../bindings/ShowView';

/** A screen of this computer. */
export interface Screen {
  id: string;
  /** Pixels. */
  width: number;
  height: number;
  scale: number;
  /** Whether the presenter's window is on it. */
  here: boolean;
  /** Whether the audience's window is on it. */
  audience: boolean;
}

/** What stands on the stage now. The presenter puts it there; the audience's window shows it. */
export interface Scene {
  slide: number;
  cover: 'none' | 'black' | 'white';
  dark: boolean;
  /** Type half as large again. */
  large: boolean;
  /** Where the pointer is, in hundredths of the slide. */
  pointer: [number, number] | null;
  /** Evidence that lies over the slide. */
  evidence: string[] | null;
}

/** A show that has begun. */
export interface Presented {
  show: ShowView;
  screens: Screen[];
  /** Whether the system promised to keep the screens lit. */
  awake: boolean;
}

/** Everything that the audience's window knows: no note is among it. */
export interface Audience {
  deck: Deck;
  scene: Scene;
  locale: Locale;
}

export interface Presenting {
  screens(): Promise<Screen[]>;
  /** Begins a show; with a screen, the audience's window opens there. */
  present(request: ShowRequest, screen: string | null): Promise<Presented>;
  /** Moves the audience to another screen, or closes its window. */
  presentOn(screen: string | null): Promise<Screen[]>;
  steer(scene: Scene): Promise<void>;
  endShow(): Promise<void>;
  /** For the audience's window: what is shown, if anything. */
  audience(): Promise<Audience | null>;
  /** For the audience's window: a key that was pressed there. */
  audienceKey(key: string): Promise<void>;
}

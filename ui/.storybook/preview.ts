// What stands around every story: the styles of the window, its look and language, and a desktop over sample data.
import type { Preview } from '@storybook/svelte-vite';
import { dress, type Look } from '../src/stories/story';
import Stage from '../src/stories/demo/Stage.svelte';
import '../src/styles/fonts.css';
import '../src/styles/tokens.css';
import '../src/styles/base.css';
import '../src/stories/story.css';

const choice = (title: string, items: string[]) => ({ description: title, toolbar: { title, items, dynamicTitle: true } });

const preview: Preview = {
  globalTypes: {
    theme: choice('Theme', ['light', 'dark']),
    contrast: choice('Contrast', ['normal', 'more']),
    density: choice('Density', ['comfortable', 'compact']),
    locale: choice('Language', ['en', 'nb', 'uk']),
  },
  initialGlobals: { theme: 'light', contrast: 'normal', density: 'comfortable', locale: 'en' },
  parameters: { layout: 'fullscreen', controls: { disable: true } },
  beforeEach: ({ globals }) => {
    dress(globals as unknown as Look);
  },
  decorators: [() => ({ Component: Stage })],
};

export default preview;

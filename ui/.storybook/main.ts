// Where the stories are and how their pages are built. Nothing here is part of the window.
import type { StorybookConfig } from '@storybook/svelte-vite';

const config: StorybookConfig = {
  stories: ['../src/stories/*.stories.ts'],
  framework: { name: '@storybook/svelte-vite', options: { docgen: false } },
  core: { disableTelemetry: true, disableWhatsNewNotifications: true },
  features: { actions: false, backgrounds: false, measure: false, outline: false, interactions: false, viewport: true },
};

export default config;

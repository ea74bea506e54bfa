// The states of Setting.
import SomeSettings from './demo/SomeSettings.svelte';
import { type About, type Story } from './story';

export default { title: 'Inputs/Setting', component: SomeSettings, parameters: { about: 'A line of the settings.' } } satisfies About;

export const Two: Story = { name: 'Two lines', args: {} };

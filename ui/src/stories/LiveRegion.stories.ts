// The states of LiveRegion.
import LiveRegion from '../parts/LiveRegion.svelte';
import { type About, type Story } from './story';

export default { title: 'Feedback/LiveRegion', component: LiveRegion, parameters: { about: 'Says what happened out of sight. Nothing is drawn.' } } satisfies About;

export const Words: Story = { args: { words: 'New figures have arrived' } };

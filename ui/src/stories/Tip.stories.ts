// The states of Tip.
import OpenTip from './demo/OpenTip.svelte';
import { type About, type Story } from './story';

export default { title: 'Overlays/Tip', component: OpenTip, parameters: { about: 'A few words about what is pointed at.' } } satisfies About;

export const Closed: Story = { args: {} };
export const Open: Story = { args: { open: true } };
export const Keys: Story = { name: 'With keys', args: { open: true, keys: ['Alt', 'T'] } };

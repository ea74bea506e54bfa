// The states of Sheet.
import SomeSheet from './demo/SomeSheet.svelte';
import { type About, type Story } from './story';

export default { title: 'Overlays/Sheet', component: SomeSheet, parameters: { about: 'A dialog in the middle or a panel at the side.' } } satisfies About;

export const Dialog: Story = { args: {} };
export const Side: Story = { args: { side: true } };
export const Long: Story = { name: 'Long content', args: { long: true } };

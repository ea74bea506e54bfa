// The states of Times.
import Times from '../parts/Times.svelte';
import { type About, type Story } from './story';

export default { title: 'Data/Times', component: Times, parameters: { about: 'The three times of a figure: measured, received, shown.' } } satisfies About;

export const All: Story = { args: { measured: '2026-09-30T21:59:59Z', received: '2026-11-02T08:08:00Z', shown: '2026-11-02T09:00:00Z' } };
export const Unknown: Story = { name: 'Never received', args: { measured: null, received: null, shown: '2026-11-02T09:00:00Z' } };

// The states of Timeline.
import Timeline from '../parts/Timeline.svelte';
import Kept from './demo/Kept.svelte';
import { type About, type Story } from './story';

export default { title: 'Inputs/Timeline', component: Kept, args: { part: Timeline }, parameters: { about: 'A stretch of time to travel in.' } } satisfies About;

export const Moments: Story = { args: { label: 'As of', value: 31, density: Array.from({ length: 48 }, (_, at) => (at * 7919) % 23), moments: [{ at: 12, words: 'Last board' }, { at: 31, words: 'Q3 approved' }, { at: 47, words: 'Now' }], words: (at: number) => `Week ${at + 1}` } };
export const Quiet: Story = { name: 'Nothing happened', args: { label: 'As of', value: 0, density: [0, 0, 0], moments: [], words: (at: number) => `Week ${at + 1}` } };

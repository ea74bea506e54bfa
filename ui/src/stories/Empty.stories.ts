// The states of Empty.
import Empty from '../parts/Empty.svelte';
import { type About, type Story } from './story';

export default { title: 'Feedback/Empty', component: Empty, parameters: { about: 'There is nothing, why, and what will change that.' } } satisfies About;

export const Titled: Story = { args: { title: 'No reports yet', words: 'Once the company has a report, it appears here.' } };
export const Words: Story = { name: 'Words only', args: { words: 'Nothing was measured in this period.' } };

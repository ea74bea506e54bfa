// The states of Progress.
import Progress from '../parts/Progress.svelte';
import { type About, type Story } from './story';

export default { title: 'Feedback/Progress', component: Progress, parameters: { about: 'How far something is.' } } satisfies About;

export const Started: Story = { args: { label: 'Export', percent: 4 } };
export const Half: Story = { args: { label: 'Export', percent: 50 } };
export const Slim: Story = { args: { label: 'Catching up', percent: 72, slim: true } };

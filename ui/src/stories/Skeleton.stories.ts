// The states of Skeleton.
import Skeleton from '../parts/Skeleton.svelte';
import { type About, type Story } from './story';

export default { title: 'Feedback/Skeleton', component: Skeleton, parameters: { about: 'The shape of what is on its way.' } } satisfies About;

export const Lines: Story = { args: { count: 3 } };
export const Card: Story = { args: { shape: 'card' } };
export const Rows: Story = { args: { shape: 'row', count: 3 } };

// The states of Trend.
import Trend from '../parts/Trend.svelte';
import { type About, type Story } from './story';

export default { title: 'Data/Trend', component: Trend, parameters: { about: 'The change of a figure and whether it is for the better.' } } satisfies About;

export const Improving: Story = { args: { change: '+8.6% on Q2 2026', trend: 'improving' } };
export const Declining: Story = { args: { change: '−7.9% on Q2 2026', trend: 'declining' } };
export const Stable: Story = { args: { change: '+1.8% on Q2 2026', trend: 'stable' } };
export const New: Story = { args: { change: null, trend: 'new' } };
export const Stacked: Story = { args: { change: '+8.6% on Q2 2026', trend: 'improving', stacked: true } };

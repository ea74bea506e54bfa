// The states of Sparkline.
import Sparkline from '../parts/Sparkline.svelte';
import { type About, type Story } from './story';

export default { title: 'Data/Sparkline', component: Sparkline, parameters: { about: 'The course of a figure. Decoration: the values are in the detail view.' } } satisfies About;

export const Rising: Story = { args: { values: [2.5, 2.6, 2.85, 3.02, 2.98, 3.42] } };
export const Gap: Story = { args: { values: [59, 61, null, 66, 67, 71] } };
export const Flat: Story = { args: { values: [4, 4, 4] } };
export const None: Story = { args: { values: [null, null] } };

// The states of Slider.
import Slider from '../parts/Slider.svelte';
import Kept from './demo/Kept.svelte';
import { type About, type Story } from './story';

export default { title: 'Inputs/Slider', component: Kept, args: { part: Slider }, parameters: { about: 'A value on a scale.' } } satisfies About;

export const Middle: Story = { args: { label: 'Opacity', value: 12, words: '12%' } };
export const Disabled: Story = { args: { label: 'Opacity', value: 12, words: '12%', disabled: true } };

// The states of Segments.
import Segments from '../parts/Segments.svelte';
import Kept from './demo/Kept.svelte';
import { type About, type Story } from './story';

export default { title: 'Inputs/Segments', component: Kept, args: { part: Segments }, parameters: { about: 'One value out of a few, all in view.' } } satisfies About;

export const Two: Story = { args: { label: 'Density', value: 'compact', items: [{ value: 'comfortable', label: 'Comfortable' }, { value: 'compact', label: 'Compact' }] } };
export const Three: Story = { args: { label: 'Language', value: 'uk', items: [{ value: 'en', label: 'English' }, { value: 'nb', label: 'Norsk bokmål' }, { value: 'uk', label: 'Українська' }] } };

// The states of RadioGroup.
import RadioGroup from '../parts/RadioGroup.svelte';
import Kept from './demo/Kept.svelte';
import { type About, type Story } from './story';

export default { title: 'Inputs/RadioGroup', component: Kept, args: { part: RadioGroup }, parameters: { about: 'One value out of a few, each with a line about it.' } } satisfies About;

export const Chosen: Story = { args: { label: 'Watermark', value: 'diagonal', items: [{ value: 'diagonal', label: 'Diagonal', hint: 'Across each page' }, { value: 'footer', label: 'Footer', hint: 'Beside the page number' }, { value: 'none', label: 'None', hint: 'Not allowed for drafts', disabled: true }] } };

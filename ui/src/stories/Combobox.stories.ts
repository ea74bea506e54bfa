// The states of Combobox.
import Combobox from '../parts/Combobox.svelte';
import Kept from './demo/Kept.svelte';
import { programmes } from './samples';
import { type About, type Story } from './story';

export default { title: 'Inputs/Combobox', component: Kept, args: { part: Combobox }, parameters: { about: 'One value out of many, found by typing.' } } satisfies About;

export const Chosen: Story = { args: { label: 'Programme', value: 'mentoring', items: programmes } };
export const Nothing: Story = { name: 'Nothing chosen', args: { label: 'Programme', value: '', items: programmes.slice(1) } };

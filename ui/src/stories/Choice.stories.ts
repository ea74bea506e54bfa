// The states of Choice.
import Choice from '../parts/Choice.svelte';
import Kept from './demo/Kept.svelte';
import { hostile, programmes } from './samples';
import { type About, type Story } from './story';

export default { title: 'Inputs/Choice', component: Kept, args: { part: Choice }, parameters: { about: 'One value out of a handful.' } } satisfies About;

export const Bare: Story = { args: { label: 'Programme', value: '', items: programmes } };
export const Labelled: Story = { args: { label: 'Programme', labelled: true, value: 'mentoring', items: programmes } };
export const Endless: Story = { name: 'Endless words', args: { label: 'Company', value: 'x', items: [{ value: 'x', label: hostile.endless }] } };

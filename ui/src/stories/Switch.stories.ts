// The states of Switch.
import Switch from '../parts/Switch.svelte';
import Kept from './demo/Kept.svelte';
import { type About, type Story } from './story';

export default { title: 'Inputs/Switch', component: Kept, args: { part: Switch, keeps: 'checked' }, parameters: { about: 'On or off, at once.' } } satisfies About;

export const On: Story = { args: { label: 'Single-key shortcuts', checked: true } };
export const Off: Story = { args: { label: 'Single-key shortcuts', checked: false } };
export const Disabled: Story = { args: { label: 'Set by your company', checked: true, disabled: true } };

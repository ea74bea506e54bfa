// The states of Checkbox.
import Checkbox from '../parts/Checkbox.svelte';
import Kept from './demo/Kept.svelte';
import { type About, type Story } from './story';

export default { title: 'Inputs/Checkbox', component: Kept, args: { part: Checkbox, keeps: 'checked' }, parameters: { about: 'Several things that may be chosen together; takes effect when the form is sent.' } } satisfies About;

export const On: Story = { args: { label: 'PDF', hint: 'For reading and print', checked: true } };
export const Off: Story = { args: { label: 'PowerPoint', checked: false } };
export const Mixed: Story = { args: { label: 'All sections', checked: false, mixed: true } };
export const Disabled: Story = { args: { label: 'Drafts', hint: 'Your role may export approved reports only.', checked: false, disabled: true } };

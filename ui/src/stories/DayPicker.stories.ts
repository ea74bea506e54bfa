// The states of DayPicker.
import DayPicker from '../parts/DayPicker.svelte';
import Kept from './demo/Kept.svelte';
import { type About, type Story } from './story';

export default { title: 'Inputs/DayPicker', component: Kept, args: { part: DayPicker }, parameters: { about: 'A day, for travel in time and deadlines.' } } satisfies About;

export const Closed: Story = { args: { label: 'As of', value: '2026-09-30' } };
export const Open: Story = { args: { label: 'As of', value: '2026-09-30', min: '2026-09-05', max: '2026-10-20', open: true } };
export const Unreadable: Story = { args: { label: 'As of', value: 'soon' } };

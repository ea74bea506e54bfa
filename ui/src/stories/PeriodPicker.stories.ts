// The states of PeriodPicker.
import PeriodPicker from '../parts/PeriodPicker.svelte';
import Kept from './demo/Kept.svelte';
import { quarters } from './samples';
import { type About, type Story } from './story';

export default { title: 'Inputs/PeriodPicker', component: Kept, args: { part: PeriodPicker }, parameters: { about: 'A quarter, month or year out of those with figures.' } } satisfies About;

export const Quarters: Story = { args: { label: 'Period', value: '2026-Q3', periods: quarters } };
export const None: Story = { name: 'No periods', args: { label: 'Period', value: '2026-Q3', periods: [] } };

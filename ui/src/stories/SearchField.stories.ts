// The states of SearchField.
import SearchField from '../parts/SearchField.svelte';
import Kept from './demo/Kept.svelte';
import { type About, type Story } from './story';

export default { title: 'Inputs/SearchField', component: Kept, args: { part: SearchField }, parameters: { about: 'Narrows what is in view and says how much is left.' } } satisfies About;

export const Empty: Story = { args: { label: 'Find a report', value: '' } };
export const Found: Story = { args: { label: 'Find a report', value: 'impact', found: 2 } };
export const None: Story = { args: { label: 'Find a report', value: 'zzz', found: 0 } };

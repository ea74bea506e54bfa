// The states of Breadcrumb.
import Breadcrumb from '../parts/Breadcrumb.svelte';
import { hostile } from './samples';
import { ignore, type About, type Story } from './story';

export default { title: 'Navigation/Breadcrumb', component: Breadcrumb, parameters: { about: 'Where a screen stands, where the way up is longer than one step.' } } satisfies About;

export const Three: Story = { name: 'Three steps', args: { steps: [{ words: 'Reports', onopen: ignore }, { words: 'Quarterly impact report', onopen: ignore }, { words: 'Export' }] } };
export const Long: Story = { name: 'Endless name', args: { steps: [{ words: 'Reports', onopen: ignore }, { words: hostile.endless }] } };

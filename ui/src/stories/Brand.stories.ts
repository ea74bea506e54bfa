// The states of Brand.
import Brand from '../parts/Brand.svelte';
import OnRail from './demo/OnRail.svelte';
import { type About, type Story } from './story';

export default { title: 'Navigation/Brand', component: OnRail, args: { part: Brand }, parameters: { about: 'The mark and name of the product.' } } satisfies About;

export const Full: Story = { args: {} };
export const MarkOnly: Story = { name: 'Mark only', args: { name: false, size: 40 } };

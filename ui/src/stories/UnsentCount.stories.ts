// The states of UnsentCount.
import UnsentCount from '../parts/UnsentCount.svelte';
import { ignore, type About, type Story } from './story';

export default { title: 'Navigation/UnsentCount', component: UnsentCount, parameters: { about: 'How many changes wait for the server; in view even when there are none.' } } satisfies About;

export const None: Story = { args: { count: 0, onopen: ignore } };
export const Some: Story = { args: { count: 3, onopen: ignore } };
export const Many: Story = { args: { count: 12408, onopen: ignore } };

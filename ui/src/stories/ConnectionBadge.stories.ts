// The states of ConnectionBadge.
import OpenBadge from './demo/OpenBadge.svelte';
import { type About, type Story } from './story';

export default { title: 'Navigation/ConnectionBadge', component: OpenBadge, parameters: { about: 'How the copy stands towards the server; always in view.' } } satisfies About;

export const Live: Story = { args: { view: { state: 'live', stale: false, lastContact: new Date().toISOString() } } };
export const CatchingUp: Story = { name: 'Catching up', args: { view: { state: 'catching_up', stale: false, cursor: 1204, head: 5310, lastContact: new Date().toISOString() } } };
export const Offline: Story = { args: { view: {} } };
export const Refused: Story = { args: { view: { state: 'refused', code: 'sync.device_revoked' } } };

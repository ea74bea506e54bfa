// The states of TenantSwitch.
import TenantSwitch from '../parts/TenantSwitch.svelte';
import OnRail from './demo/OnRail.svelte';
import { hostile } from './samples';
import { ignore, type About, type Story } from './story';

export default { title: 'Navigation/TenantSwitch', component: OnRail, args: { part: TenantSwitch }, parameters: { about: 'Which company is open, and the way to another.' } } satisfies About;

export const Some: Story = { args: { tenant: { id: 'a', name: 'Fjordlys Group', synced: true }, tenants: [{ id: 'a', name: 'Fjordlys Group', synced: true }, { id: 'b', name: hostile.turned, synced: false }], onchoose: ignore } };
export const None: Story = { args: { tenant: null, tenants: [], onchoose: ignore } };

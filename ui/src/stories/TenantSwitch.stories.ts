// The states of TenantSwitch.
import TenantSwitch from '../parts/TenantSwitch.svelte';
import OnRail from './demo/OnRail.svelte';
import { hostile } from './samples';
import { ignore, type About, type Story } from './story';

export default { title: 'Navigation/TenantSwitch', component: OnRail, args: { part: TenantSwitch }, parameters: { about: 'Which company is open, and the way to another.' } } satisfies About;

export const Some: Story = { args: { tenant: { id: 'a', name: 'Fjordlys Group', synced: true, accent: null }, tenants: [{ id: 'a', name: 'Fjordlys Group', synced: true, accent: null }, { id: 'b', name: hostile.turned, synced: false, accent: null }], onchoose: ignore } };
export const None: Story = { args: { tenant: null, tenants: [], onchoose: ignore } };

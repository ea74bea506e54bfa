// The states of Menu.
import OpenMenu from './demo/OpenMenu.svelte';
import { type About, type Story } from './story';

export default { title: 'Actions/Menu', component: OpenMenu, parameters: { about: 'Things to do, behind a button.' } } satisfies About;

export const Closed: Story = { args: {} };
export const Open: Story = { args: { open: true } };

// The states of Popover.
import OpenPopover from './demo/OpenPopover.svelte';
import { type About, type Story } from './story';

export default { title: 'Overlays/Popover', component: OpenPopover, parameters: { about: 'More about something, beside it.' } } satisfies About;

export const Closed: Story = { args: {} };
export const Open: Story = { args: { open: true } };

// The states of a button.
import Download from '@lucide/svelte/icons/download';
import Button from '../parts/Button.svelte';
import { text, type About, type Story } from './story';

export default { title: 'Actions/Button', component: Button, parameters: { about: 'Does one thing. One primary button on a screen or dialog.' } } satisfies About;

export const Primary: Story = { args: { look: 'primary', children: text('Make the pack') } };
export const Secondary: Story = { args: { children: text('Choose a file') } };
export const Quiet: Story = { args: { look: 'quiet', children: text('Another account') } };
export const Danger: Story = { args: { look: 'danger', children: text('Remove from this device') } };
export const WithIcon: Story = { name: 'With icon', args: { icon: Download, children: text('Export') } };
export const IconOnly: Story = { name: 'Icon only', args: { icon: Download, look: 'quiet', 'aria-label': 'Export' } };
export const Small: Story = { args: { small: true, icon: Download, children: text('Export') } };
export const Busy: Story = { args: { busy: true, look: 'primary', children: text('Making the pack') } };
export const Disabled: Story = { args: { disabled: true, children: text('Export') } };

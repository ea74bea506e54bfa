// The states of Banner.
import Banner from '../parts/Banner.svelte';
import { text, type About, type Story } from './story';

export default { title: 'Feedback/Banner', component: Banner, parameters: { about: 'Concerns the whole screen and stays until it no longer holds.' } } satisfies About;

export const Warn: Story = { args: { testid: 'banner', children: text('These figures may be old: no contact with the server for 12 minutes.') } };
export const Bad: Story = { args: { testid: 'banner', look: 'bad', children: text('The server refuses this device. What is here can still be read.') } };

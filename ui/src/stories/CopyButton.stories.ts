// The states of CopyButton.
import CopyButton from '../parts/CopyButton.svelte';
import { type About, type Story } from './story';

export default { title: 'Actions/CopyButton', component: CopyButton, parameters: { about: 'Puts a text or a picture on the clipboard and says so, or that it did not work.' } } satisfies About;

export const Words: Story = { args: { what: 'SROI, Q3 2026: 3.42:1', label: 'Copy citation', look: 'secondary' } };
export const Bare: Story = { args: { what: 'abc', label: 'Copy SHA-256', bare: true } };

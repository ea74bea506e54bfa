// The states of Fault.
import Fault from '../parts/Fault.svelte';
import { type About, type Story } from './story';

export default { title: 'Feedback/Fault', component: Fault, parameters: { about: 'What went wrong, what to do, and the code to quote.' } } satisfies About;

export const Known: Story = { args: { fault: { code: 'wire.unreachable', message: 'The server cannot be reached. Check the network and try again.', detail: 'connect: refused' } } };
export const Unknown: Story = { args: { fault: { code: 'window.unexpected', message: '', detail: 'RangeError' } } };

// The states of StatusDot.
import StatusDot from '../parts/StatusDot.svelte';
import { type About, type Story } from './story';

export default { title: 'Feedback/StatusDot', component: StatusDot, parameters: { about: 'A dot for a state that is written beside it.' } } satisfies About;

export const Good: Story = { args: { look: 'good', words: 'Live' } };
export const Info: Story = { args: { look: 'info', words: 'Catching up', pulse: true } };
export const Warn: Story = { args: { look: 'warn', words: 'Offline' } };
export const Bad: Story = { args: { look: 'bad', words: 'Refused' } };
export const Even: Story = { args: { look: 'even', words: 'Not connected' } };

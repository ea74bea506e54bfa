// The states of Badge.
import Badge from '../parts/Badge.svelte';
import { type About, type Story } from './story';

export default { title: 'Feedback/Badge', component: Badge, parameters: { about: 'A status in a word.' } } satisfies About;

export const Good: Story = { args: { words: 'Approved', look: 'good' } };
export const Info: Story = { args: { words: 'In review', look: 'info' } };
export const Warn: Story = { args: { words: 'Changes requested', look: 'warn' } };
export const Bad: Story = { args: { words: 'Rejected', look: 'bad' } };
export const Even: Story = { args: { words: 'Draft', look: 'even' } };

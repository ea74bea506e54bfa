// The states of Callout.
import Callout from '../parts/Callout.svelte';
import { text, type About, type Story } from './story';

export default { title: 'Feedback/Callout', component: Callout, parameters: { about: 'A remark beside what it is about.' } } satisfies About;

export const Info: Story = { args: { title: 'Withheld', children: text('Fewer than ten people: the figure is not shown.') } };
export const Good: Story = { args: { look: 'good', title: 'Recomputed on this device and agrees' } };
export const Warn: Story = { args: { look: 'warn', children: text('Two sections have no citation yet.') } };
export const Bad: Story = { args: { look: 'bad', title: 'The seal is broken', children: text('The file has changed since it was signed.') } };

// The states of Boundary.
import SomeBoundary from './demo/SomeBoundary.svelte';
import { type About, type Story } from './story';

export default { title: 'Feedback/Boundary', component: SomeBoundary, parameters: { about: 'Keeps a broken tile from taking the screen along.' } } satisfies About;

export const Whole: Story = { args: {} };
export const Broken: Story = { args: { breaks: true } };

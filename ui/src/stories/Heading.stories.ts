// The states of Heading.
import Heading from '../parts/Heading.svelte';
import { type About, type Story } from './story';

export default { title: 'Navigation/Heading', component: Heading, parameters: { about: 'The title of a screen and one sentence about it.' } } satisfies About;

export const Normal: Story = { args: { title: 'Reports', lead: 'Take a report away as a signed PDF or PowerPoint that anybody can check.' } };

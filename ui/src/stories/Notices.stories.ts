// The states of Notices.
import SomeNotices from './demo/SomeNotices.svelte';
import { type About, type Story } from './story';

export default { title: 'Feedback/Notices', component: SomeNotices, parameters: { about: 'News in the corner that needs no answer.' } } satisfies About;

export const All: Story = { name: 'All looks', args: {} };

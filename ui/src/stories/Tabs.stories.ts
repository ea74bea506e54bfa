// The states of Tabs.
import SomeTabs from './demo/SomeTabs.svelte';
import { type About, type Story } from './story';

export default { title: 'Navigation/Tabs', component: SomeTabs, parameters: { about: 'Views of one thing, one at a time.' } } satisfies About;

export const Three: Story = { args: {} };

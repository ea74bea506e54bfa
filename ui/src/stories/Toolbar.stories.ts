// The states of Toolbar.
import SomeToolbar from './demo/SomeToolbar.svelte';
import { type About, type Story } from './story';

export default { title: 'Actions/Toolbar', component: SomeToolbar, parameters: { about: 'Buttons that belong together; one stop for Tab.' } } satisfies About;

export const Editor: Story = { args: {} };

// The states of Topbar.
import Topbar from '../parts/Topbar.svelte';
import { ignore, type About, type Story } from './story';

export default { title: 'Navigation/Topbar', component: Topbar, parameters: { about: 'The line above every screen.' } } satisfies About;

export const Offline: Story = { args: { onhelp: ignore, onoutbox: ignore, onpalette: ignore } };

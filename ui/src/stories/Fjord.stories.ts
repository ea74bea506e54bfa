// The states of Fjord.
import Fjord from '../parts/Fjord.svelte';
import InRoom from './demo/InRoom.svelte';
import { type About, type Story } from './story';

export default { title: 'Navigation/Fjord', component: InRoom, args: { part: Fjord }, parameters: { about: 'The picture behind the gate. Decoration only.' } } satisfies About;

export const Picture: Story = { args: {} };

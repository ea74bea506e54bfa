// The states of Rail.
import Rail from '../parts/Rail.svelte';
import InRoom from './demo/InRoom.svelte';
import { ignore, type About, type Story } from './story';

export default { title: 'Navigation/Rail', component: InRoom, args: { part: Rail, tall: true }, parameters: { about: 'The navigation at the side.' } } satisfies About;

export const Open: Story = { args: { dashboard: 'overview', onchoose: ignore, onlock: ignore } };

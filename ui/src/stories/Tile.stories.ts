// The states of Tile.
import Tile from '../parts/Tile.svelte';
import { hostile } from './samples';
import { text, type About, type Story } from './story';

export default { title: 'Data/Tile', component: Tile, parameters: { about: 'The ground of a tile.' } } satisfies About;

export const Plain: Story = { args: { title: 'Participants by programme', children: text('Content') } };
export const Endless: Story = { name: 'Endless title', args: { title: hostile.endless, children: text('Content') } };

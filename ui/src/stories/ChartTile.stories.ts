// The states of ChartTile.
import ChartTile from '../parts/ChartTile.svelte';
import { question, tile } from './samples';
import { type About, type Story } from './story';

export default { title: 'Data/ChartTile', component: ChartTile, parameters: { about: 'A chart with its title, its table and what can be done with it.' } } satisfies About;

export const Chart: Story = { args: { tile: tile('chart', 'line-participants'), question } };
export const Empty: Story = { args: { tile: tile('chart', 'empty'), question } };

// The states of Chart.
import Chart from '../parts/Chart.svelte';
import InRoom from './demo/InRoom.svelte';
import { question } from './samples';
import { type About, type Story } from './story';

export default { title: 'Data/Chart', component: InRoom, args: { part: Chart }, parameters: { about: 'A picture of a chart, drawn by the core at its own size.' } } satisfies About;

export const Line: Story = { args: { question: { ...question, tile: 'line-participants' }, alt: 'Mentoring leads in every quarter.' } };
export const Ring: Story = { args: { question: { ...question, tile: 'mix-hours' }, alt: 'Mentoring has most of the hours.' } };

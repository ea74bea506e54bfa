// The states of KpiCard.
import KpiCard from '../parts/KpiCard.svelte';
import InRoom from './demo/InRoom.svelte';
import { card } from './samples';
import { ignore, type About, type Story } from './story';

export default { title: 'Data/KpiCard', component: InRoom, args: { part: KpiCard, narrow: true }, parameters: { about: 'A figure with its change and course; the whole card opens it.' } } satisfies About;

export const Improving: Story = { args: { card: card(0), onopen: ignore } };
export const Declining: Story = { args: { card: card(3), onopen: ignore } };
export const Gap: Story = { name: 'Gap in the course', args: { card: card(4), onopen: ignore } };
export const First: Story = { name: 'First value', args: { card: card(6), onopen: ignore } };
export const Withheld: Story = { args: { card: card(7), onopen: ignore } };

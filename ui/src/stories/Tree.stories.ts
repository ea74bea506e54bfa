// The states of Tree.
import Tree from '../parts/Tree.svelte';
import { type About, type Story } from './story';

export default { title: 'Data/Tree', component: Tree, parameters: { about: 'Things inside things, such as the lineage of a figure.' } } satisfies About;

export const Lineage: Story = { args: { label: 'Lineage', open: ['sroi', 'ready'], branches: [{ id: 'sroi', words: 'Social return on investment', note: '3.42:1', inside: [{ id: 'ready', words: 'Job readiness', note: '0.86, high confidence', inside: [{ id: 'e1', words: 'My mentor practised interviews with me every week.', note: 'Mentoring, September 2026' }] }, { id: 'belonging', words: 'Belonging', note: '0.69, medium confidence' }] }] } };
export const Empty: Story = { args: { label: 'Lineage', branches: [] } };

// The states of EvidenceTile.
import EvidenceTile from '../parts/EvidenceTile.svelte';
import { tile } from './samples';
import { type About, type Story } from './story';

export default { title: 'Data/EvidenceTile', component: EvidenceTile, parameters: { about: 'The newest evidence on a dashboard.' } } satisfies About;

export const Some: Story = { args: { tile: tile('evidence', 'evidence') } };
export const None: Story = { args: { tile: { ...tile('evidence', 'evidence'), items: [] } } };

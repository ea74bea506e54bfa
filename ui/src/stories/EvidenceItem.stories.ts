// The states of EvidenceItem.
import EvidenceItem from '../parts/EvidenceItem.svelte';
import { hostile, snippet } from './samples';
import { type About, type Story } from './story';

export default { title: 'Data/EvidenceItem', component: EvidenceItem, parameters: { about: 'A redacted snippet with its scores and its hash.' } } satisfies About;

export const English: Story = { args: { evidence: snippet(0) } };
export const Ukrainian: Story = { args: { evidence: snippet(1) } };
export const Turned: Story = { name: 'Text that turns the line', args: { evidence: { ...snippet(2), text: hostile.turned, scores: [] } } };

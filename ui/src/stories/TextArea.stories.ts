// The states of TextArea.
import TextArea from '../parts/TextArea.svelte';
import Kept from './demo/Kept.svelte';
import { type About, type Story } from './story';

export default { title: 'Inputs/TextArea', component: Kept, args: { part: TextArea }, parameters: { about: 'Several lines of text, with what is left of a limit.' } } satisfies About;

export const Filled: Story = { args: { label: 'Note', hint: 'Only you can read it.', value: 'Ask how many stayed in work.', limit: 400 } };
export const Over: Story = { name: 'Over the limit', args: { label: 'Note', value: 'Ask how many stayed in work.', limit: 10 } };

// The states of Palette.
import FileText from '@lucide/svelte/icons/file-text';
import Palette from '../parts/Palette.svelte';
import { hostile } from './samples';
import { ignore, type About, type Story } from './story';

export default { title: 'Overlays/Palette', component: Palette, parameters: { about: 'Everything that can be opened or done, found by typing.' } } satisfies About;

export const Open: Story = { args: { open: true, onclose: ignore, groups: [{ title: 'Go to', entries: [{ id: 'a', words: 'Impact overview', keys: ['Ctrl', '1'], icon: FileText, onselect: ignore }, { id: 'b', words: 'Reports', onselect: ignore }] }, { title: 'Do', entries: [{ id: 'c', words: hostile.endless, onselect: ignore }] }] } };
export const Nothing: Story = { name: 'Nothing to find', args: { open: true, onclose: ignore, groups: [] } };

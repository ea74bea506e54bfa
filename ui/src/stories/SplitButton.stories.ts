// The states of SplitButton.
import SplitButton from '../parts/SplitButton.svelte';
import { ignore, type About, type Story } from './story';

export default { title: 'Actions/SplitButton', component: SplitButton, parameters: { about: 'What most people want, and beside it what else can be done.' } } satisfies About;

export const Secondary: Story = { args: { words: 'Export', more: 'More formats', onclick: ignore, items: [{ words: 'PDF only', onselect: ignore }, { words: 'PowerPoint only', onselect: ignore }] } };
export const Primary: Story = { args: { look: 'primary', words: 'Present', more: 'More ways to present', onclick: ignore, items: [{ words: 'On this screen', onselect: ignore }] } };
export const Disabled: Story = { args: { disabled: true, words: 'Export', more: 'More formats', onclick: ignore, items: [] } };

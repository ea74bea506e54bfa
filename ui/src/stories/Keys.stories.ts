// The states of Keys.
import Keys from '../parts/Keys.svelte';
import { type About, type Story } from './story';

export default { title: 'Data/Keys', component: Keys, parameters: { about: 'A combination of keys.' } } satisfies About;

export const One: Story = { args: { keys: ['Esc'] } };
export const Three: Story = { args: { keys: ['Ctrl', 'Shift', 'K'] } };

// The states of Standing.
import Standing from '../parts/Standing.svelte';
import { standing } from '../ipc/fake-data';
import { type About, type Story } from './story';

export default { title: 'Data/Standing', component: Standing, parameters: { about: 'Where a figure stands among companies alike, drawn and in words.' } } satisfies About;

export const Best: Story = { args: { view: standing('en'), value: '3.42:1' } };
export const Below: Story = { args: { view: { ...standing('en'), badge: null, places: [0.28, 0.5, 0.7, 0] }, value: '1.61:1' } };
export const Withheld: Story = { args: { view: { ...standing('en'), badge: null, places: [0.28, 0.5, 0.7, null] }, value: '–' } };

// The states of Avatar.
import Avatar from '../parts/Avatar.svelte';
import { type About, type Story } from './story';

export default { title: 'Data/Avatar', component: Avatar, parameters: { about: 'Stands beside the name of a person.' } } satisfies About;

export const Normal: Story = { args: { name: 'Kari Nordmann' } };
export const Small: Story = { args: { name: 'Олена Шевченко', small: true } };
export const OneName: Story = { name: 'One name', args: { name: 'Solheim' } };
export const NoName: Story = { name: 'No name', args: { name: '' } };

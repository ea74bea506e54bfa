// The states of SettingGroup.
import SettingGroup from '../parts/SettingGroup.svelte';
import { text, type About, type Story } from './story';

export default { title: 'Inputs/SettingGroup', component: SettingGroup, parameters: { about: 'Settings that belong together, under their name.' } } satisfies About;

export const Named: Story = { args: { title: 'Keyboard', children: text('Its settings stand here.') } };

// The states of Field.
import Field from '../parts/Field.svelte';
import { type About, type Story } from './story';

export default { title: 'Inputs/Field', component: Field, parameters: { about: 'A line of text with label, hint and error.' } } satisfies About;

export const Empty: Story = { args: { label: 'Server', hint: 'The address your IT department gave you.', value: '', placeholder: 'https://board.example.com' } };
export const Filled: Story = { args: { label: 'E-mail', value: 'kari@fjordlys.example' } };
export const Wrong: Story = { args: { label: 'E-mail', value: 'kari', error: 'This is not an e-mail address.' } };
export const Disabled: Story = { args: { label: 'Server', value: 'https://board.fjordlys.example', disabled: true } };

// The states of Confirm.
import Confirm from '../parts/Confirm.svelte';
import { ignore, type About, type Story } from './story';

export default { title: 'Overlays/Confirm', component: Confirm, parameters: { about: 'Asks once more before what cannot be taken back.' } } satisfies About;

export const Danger: Story = { args: { open: true, danger: true, title: 'Sign out and remove the copy?', words: 'The data and keys are removed from this device.', action: 'Sign out', onconfirm: ignore, onclose: ignore } };
export const Plain: Story = { args: { open: true, title: 'Lock the report?', words: 'A locked report is never changed again.', action: 'Lock', onconfirm: ignore, onclose: ignore } };
export const Busy: Story = { args: { open: true, busy: true, title: 'Lock the report?', words: 'A locked report is never changed again.', action: 'Lock', onconfirm: ignore, onclose: ignore } };

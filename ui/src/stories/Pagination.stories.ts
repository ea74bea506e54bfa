// The states of Pagination.
import Pagination from '../parts/Pagination.svelte';
import Kept from './demo/Kept.svelte';
import { type About, type Story } from './story';

export default { title: 'Navigation/Pagination', component: Kept, args: { part: Pagination, keeps: 'page' }, parameters: { about: 'The pages of a long list.' } } satisfies About;

export const First: Story = { args: { label: 'Pages', page: 1, pages: 12 } };
export const Middle: Story = { args: { label: 'Pages', page: 6, pages: 12 } };
export const Few: Story = { args: { label: 'Pages', page: 2, pages: 3 } };

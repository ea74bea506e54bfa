// The states of DataTable.
import DataTable from '../parts/DataTable.svelte';
import InRoom from './demo/InRoom.svelte';
import { tile } from './samples';
import { type About, type Story } from './story';

export default { title: 'Data/DataTable', component: InRoom, args: { part: DataTable }, parameters: { about: 'Rows under headings that stay in view; for charts and lists of figures.' } } satisfies About;

export const Plain: Story = { args: { caption: 'Participants', table: tile('chart', 'line-participants').table } };
export const Sortable: Story = { args: { caption: 'Participants', sortable: true, table: tile('chart', 'line-participants').table } };
export const Long: Story = { args: { caption: 'Many rows', sortable: true, table: { header: ['Month', 'Participants'], rows: Array.from({ length: 60 }, (_, at) => [`Month ${at + 1}`, String((at * 37) % 91)]) } } };
export const None: Story = { name: 'No rows', args: { caption: 'Nothing', table: { header: ['Month', 'Participants'], rows: [] } } };

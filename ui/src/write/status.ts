// How the states of a report look, wherever one is named.

const LOOKS: Record<string, 'good' | 'warn' | 'bad' | 'info' | 'even'> = {
  approved: 'good', locked: 'good', in_review: 'info', changes_requested: 'warn', rejected: 'bad',
};

export const statusLook = (status: string): 'good' | 'warn' | 'bad' | 'info' | 'even' => LOOKS[status] ?? 'even';

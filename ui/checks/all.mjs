// Every screen of the window over sample data. Not what is checked of it.
import { id } from './page.mjs';

/** Every screen: how the window starts, and what is pressed. */
export const SCREENS = [
  { name: 'sign-in', query: 'state=signed_out' },
  { name: 'sign-in refused', query: 'state=signed_out&fails=sign_in', press: ['fill:https://board.example', id('sign-in-submit')] },
  { name: 'unlock', query: 'state=locked' },
  { name: 'dashboard', query: '' },
  { name: 'dashboard, scrolled', query: '', press: ['scroll'] },
  { name: 'empty dashboard', query: '', press: [`${id('nav-dashboard')} >> nth=2`] },
  { name: 'chart as a table', query: '', press: [`${id('chart-table')} >> nth=0`, 'scroll'] },
  { name: 'figure', query: '', press: [`${id('kpi-card')} button >> nth=0`] },
  { name: 'period', query: '', press: [id('period')] },
  { name: 'arranging', query: '', press: [id('arrange-open'), id('arrange-tile'), `${id('tile-earlier')} >> nth=2`] },
  { name: 'new tile', query: '', press: [id('arrange-open'), id('arrange-add')] },
  { name: 'palette', query: '', press: [id('palette-open')] },
  { name: 'offline and stale', query: 'sync=offline&silent=12&refused=1' },
  { name: 'connection', query: 'sync=offline&silent=12', press: ['.badge-trigger'] },
  { name: 'changes', query: 'sync=offline&refused=1', press: [id('unsent')] },
  { name: 'refused', query: 'sync=refused' },
  { name: 'catching up', query: 'sync=catching_up' },
  { name: 'present', query: '', press: [id('show-open')] },
  { name: 'presenter', query: '', press: [id('show-open'), id('show-begin'), id('show-forward')] },
  { name: 'all slides', query: '', press: [id('show-open'), id('show-begin'), id('show-overview')] },
  { name: 'audience', query: 'window=audience' },
  { name: 'time travel', query: '', press: [id('time-open'), `key:${id('time-slider')}:PageDown`] },
  { name: 'side by side', query: '', press: [id('time-open'), `key:${id('time-slider')}:PageDown`, id('time-beside'), `key:${id('time-slider')}:End`] },
  { name: 'what moved', query: '', press: [id('time-open'), `key:${id('time-slider')}:PageDown`, id('time-compare')] },
  { name: 'reports', query: '', press: [id('nav-reports')] },
  { name: 'exports', query: '', press: [id('nav-reports'), 'role=tab >> nth=1'] },
  { name: 'new report', query: '', press: [id('nav-reports'), id('report-new')] },
  { name: 'empty page', query: '', press: [id('nav-reports'), id('report-new'), id('report-create'), id('insert-figure'), id('cite-pick')] },
  { name: 'report', query: '', press: [id('nav-reports'), `${id('report-open')} >> nth=0`] },
  { name: 'step', query: '', press: [id('nav-reports'), `${id('report-open')} >> nth=1`, id('step-request_changes')] },
  { name: 'writing', query: '', press: [id('nav-reports'), `${id('report-open')} >> nth=2`, id('edit'), id('section-outlook')] },
  { name: 'citing', query: '', press: [id('nav-reports'), `${id('report-open')} >> nth=2`, id('edit'), id('cite')] },
  { name: 'preview', query: '', press: [id('nav-reports'), `${id('report-open')} >> nth=0`, id('preview')] },
  { name: 'news', query: '', press: [id('nav-news')] },
  { name: 'notes', query: '', press: [id('nav-notes')] },
  { name: 'note', query: '', press: [id('nav-notes'), `${id('note-change')} >> nth=0`] },
  { name: 'meeting check', query: '', press: [id('nav-ready')] },
  { name: 'ready', query: '', press: [id('nav-ready'), id('ready-check'), id('ready-result')] },
  { name: 'export', query: '', press: [id('nav-reports'), `${id('export-open')} >> nth=0`] },
  { name: 'exported', query: '', press: [id('nav-reports'), `${id('export-open')} >> nth=0`, id('export-start'), id('export-done')] },
  { name: 'verify', query: '', press: [id('nav-verify')] },
  { name: 'verified', query: '', press: [id('nav-verify'), id('verify-choose')] },
  { name: 'not genuine', query: 'valid=false', press: [id('nav-verify'), id('verify-choose')] },
  { name: 'settings', query: '', press: [id('nav-settings')] },
  { name: 'device', query: '', press: [id('nav-settings'), 'scroll'] },
  { name: 'diagnostics', query: '', press: [id('nav-settings'), id('diagnostics')] },
  { name: 'licences', query: '', press: [id('nav-settings'), id('licences-open'), `${id('licence')} >> nth=0`] },
  { name: 'benchmarks agreed to', query: '', press: [id('nav-settings'), id('consent')] },
  { name: 'signing out', query: '', press: [id('nav-settings'), id('sign-out')] },
  { name: 'shortcuts', query: '', press: [id('help')] },
  { name: 'broken', query: 'fails=dashboard' },
  { name: 'cannot start', query: 'fails=session' },
];

/** Those with these names, in the order of the list. */
export function named(names) {
  for (const name of names) if (!SCREENS.some((screen) => screen.name === name)) throw new Error(`no screen is called ${name}`);
  return SCREENS.filter(({ name }) => names.includes(name));
}

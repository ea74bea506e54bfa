// The states of SkipLinks.
import SkipLinks from '../parts/SkipLinks.svelte';
import { ignore, type About, type Story } from './story';

export default { title: 'Navigation/SkipLinks', component: SkipLinks, parameters: { about: 'The first stops of Tab; in view while focused.' } } satisfies About;

export const Two: Story = { args: { label: 'Skip links', links: [{ words: 'Skip to the content', onfollow: ignore }, { words: 'Go to the navigation', onfollow: ignore }] } };

// Every story is drawn and stands before axe; every part has stories and tests. Colours are measured elsewhere.
import { cleanup, render } from '@testing-library/svelte';
import axe from 'axe-core';
import { afterEach, describe, expect, it } from 'vitest';
import Mounted from './demo/Mounted.svelte';
import type { About, Story } from './story';

const files = import.meta.glob<Record<string, unknown> & { default: About }>('./*.stories.ts', { eager: true });
const parts = Object.keys(import.meta.glob('../parts/*.svelte')).map((path) => path.replace(/^.*\/|\.svelte$/g, ''));
const tests = Object.values(import.meta.glob<string>('../{parts,screens,state}/*.test.ts', { query: '?raw', import: 'default', eager: true })).join('\n');

const stories = Object.entries(files).map(([path, { default: about, ...states }]) => ({
  name: path.replace(/^.*\/|\.stories\.ts$/g, ''), about, states: Object.entries(states) as [string, Story][],
}));

/** Rules about whole pages, which a story is not, and about colours, which jsdom does not paint. */
const rules = Object.fromEntries(['region', 'page-has-heading-one', 'landmark-one-main', 'color-contrast'].map((rule) => [rule, { enabled: false }]));

afterEach(cleanup);

describe.each(stories)('$name', ({ about, states }) => {
  it.each(states)('%s has no violation', async (_, story) => {
    render(Mounted, { component: about.component, args: { ...about.args, ...story.args } });
    await new Promise((resolve) => setTimeout(resolve, 0));
    const { violations } = await axe.run(document.body, { rules, resultTypes: ['violations'] });
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
    expect(document.querySelector('main')).toBeInTheDocument();
  });
});

describe('every part', () => {
  it('has stories under its own name, with words about it', () => {
    expect(stories.map(({ name }) => name).toSorted()).toEqual(parts.toSorted());
    for (const { name, about, states } of stories) {
      expect(about.title.split('/')[1]).toBe(name);
      expect(['Actions', 'Inputs', 'Overlays', 'Feedback', 'Navigation', 'Data']).toContain(about.title.split('/')[0]);
      expect(about.parameters.about.length, name).toBeGreaterThan(10);
      expect(states.length, name).toBeGreaterThan(0);
    }
  });

  it('has tests of its own', () => {
    expect(parts.filter((part) => !tests.includes(`describe('${part}'`))).toEqual([]);
  });

  it('is listed with its states in the documentation', async () => {
    const group = (title: string) => title.split('/')[0] ?? '';
    const row = ({ name, about, states }: (typeof stories)[number]) =>
      `| ${name} | ${about.parameters.about} | ${states.map(([key, story]) => (story.name ?? key).toLowerCase()).join(', ')} |`;
    const rows = [...new Set(stories.map(({ about }) => group(about.title)))].toSorted().flatMap((title) => [
      `\n## ${title}\n\n| Part | What it is for | States |\n|---|---|---|`,
      ...stories.filter(({ about }) => group(about.title) === title).map(row),
    ]);
    const head = `# Parts of the window\n\n${stories.length} parts and ${stories.reduce((sum, { states }) => sum + states.length, 0)} states. Written by the tests from the stories; change those, then run \`npm --prefix ui test -- src/stories -u\`.\n`;
    await expect(`${head}${rows.join('\n')}\n`).toMatchFileSnapshot('../../../docs/parts.md');
  });
});

// How components are compiled. Fragments are built node by node, so that the window needs no Trusted Types policy.
/** @type {import('@sveltejs/vite-plugin-svelte').SvelteConfig} */
export default {
  compilerOptions: { fragments: 'tree' },
};

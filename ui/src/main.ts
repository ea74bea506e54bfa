// Where the window starts. It only mounts; what is shown is decided in App.
import { bridge } from '#bridge';
import { mount } from 'svelte';
import App from './App.svelte';
import Audience from './present/Audience.svelte';
import './styles/fonts.css';
import './styles/tokens.css';
import './styles/base.css';

const target = document.getElementById('app');
// The audience's window is told by its address; what it may ask for is decided by the core.
const audience = new URLSearchParams(location.search).get('window') === 'audience';
if (target) mount(audience ? Audience : App, { target, props: { bridge } });

// Where the window starts. It only mounts; what is shown is decided in App.
import { bridge } from '#bridge';
import { mount } from 'svelte';
import App from './App.svelte';
import './styles/fonts.css';
import './styles/tokens.css';
import './styles/base.css';

const target = document.getElementById('app');
if (target) mount(App, { target, props: { bridge } });

// The gate: signing in once, unlocking ever after.
import { screen } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import { by, open } from '../test/window';

describe('the gate', () => {
  it('signs in and opens the first dashboard', async () => {
    const { user, bridge } = open({ state: 'signed_out' });
    const signIn = vi.spyOn(bridge.desk, 'signIn');
    await user.type(await by('sign-in-server'), ' https://board.example ');
    await user.type(await by('sign-in-email'), 'kari@example.org');
    await user.type(await by('sign-in-password'), ' secret ');
    await user.click(await by('sign-in-submit'));
    expect(await by('dashboard-title')).toHaveTextContent('Impact overview');
    expect(signIn).toHaveBeenCalledWith({ server: 'https://board.example', email: 'kari@example.org', password: ' secret ' });
  });

  it('says why signing in failed, by code, and forgets the password', async () => {
    const { user } = open({ state: 'signed_out', fails: 'sign_in' });
    await user.type(await by('sign-in-server'), 'https://board.example');
    await user.type(await by('sign-in-email'), 'kari@example.org');
    await user.type(await by('sign-in-password'), 'secret');
    await user.click(await by('sign-in-submit'));
    const fault = await by('fault');
    expect(fault).toHaveAttribute('data-code', 'wire.unreachable');
    expect(fault).toHaveTextContent('The server cannot be reached');
    expect(await by('sign-in-password')).toHaveValue('');
    expect(await by('sign-in-server')).toHaveValue('https://board.example');
  });

  it('unlocks with one press, knowing who and where', async () => {
    const { user } = open({ state: 'locked' });
    const unlock = await by('unlock');
    expect(screen.getByText('kari@fjordlys.example')).toBeInTheDocument();
    await user.click(unlock);
    expect(await by('dashboard-title')).toBeInTheDocument();
  });

  it('shows a code when the session itself cannot be read', async () => {
    open({ fails: 'session' });
    expect(await by('fault')).toHaveAttribute('data-code', 'wire.unreachable');
  });
});

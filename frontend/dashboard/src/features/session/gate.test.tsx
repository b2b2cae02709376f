import { fireEvent, screen, waitFor } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Me } from '@/lib/api/me';
import { useConnection } from '@/lib/connection';
import { fakeGateway, problem, type Asked } from '@/testing/gateway';
import { aPerson } from '@/testing/me';
import { showAt } from '@/testing/pages';
import { Gate } from './gate';

vi.mock('next/navigation', () => import('@/testing/navigation'));

let me: Me | null;
let isLedgerAway: boolean;

beforeEach(() => {
  me = aPerson();
  isLedgerAway = false;
});
afterEach(() => vi.unstubAllGlobals());

/** Knows alice by her password, and answers nobody else. */
function gateway(): Asked[] {
  return fakeGateway(({ path, body }) => {
    if (path === '/sign-in/options') return { body: { password: true, oidc: { name: 'Example' } } };
    if (path === '/sign-in') {
      if (isLedgerAway) return problem(503, 'LEDGER_UNREADABLE', 'The ledger cannot be read');
      const { email, password } = body as { email: string; password: string };
      if (password !== 'right') return problem(401, 'SIGN_IN_FAILED', 'Not signed in');
      me = aPerson({ email, name: email.split('@')[0] ?? '' });
      return { body: me };
    }
    if (me === null) return { status: 401, body: { code: 'KEY_MISSING', title: 'Who are you?', auth: 'required' } };
    return path === '/me' ? { body: me } : { body: {} };
  }, null);
}

function Page() {
  const [text, setText] = useState('');
  const { state } = useConnection();
  return (
    <label>
      {state} <input value={text} onChange={({ target }) => setText(target.value)} />
    </label>
  );
}

const show = (address = '/reviews/?state=decided') =>
  showAt(
    address,
    <Gate>
      <Page />
    </Gate>,
  );

async function signIn(email: string, password: string) {
  fireEvent.change(await screen.findByLabelText('Email'), { target: { value: email } });
  fireEvent.change(screen.getByLabelText('Password'), { target: { value: password } });
  fireEvent.click(screen.getByRole('button', { name: 'Sign in' }));
}

describe('a page of somebody who is not known', () => {
  it('asks who it is in its own place, says why not, and is there afterwards', async () => {
    me = null;
    const asked = gateway();
    show();
    await signIn('alice@example.com', 'wrong');
    expect(await screen.findByText(/^Email or password is wrong/)).toBeTruthy();
    expect(document.activeElement).toBe(screen.getByLabelText('Password'));
    expect(screen.queryByText(/live/)).toBeNull();
    expect(screen.getByRole('link', { name: 'Sign in with Example' }).getAttribute('href')).toBe('/sign-in/oidc?next=%2Freviews%2F%3Fstate%3Ddecided');
    await signIn('alice@example.com', 'right');
    expect(await screen.findByText(/live/)).toBeTruthy();
    expect(window.location.search).toBe('?state=decided');
    expect(asked.filter(({ path }) => path === '/sign-in')).toHaveLength(2);
  });

  it('says that nobody can sign in while the ledger is away', async () => {
    me = null;
    isLedgerAway = true;
    gateway();
    show();
    await signIn('alice@example.com', 'right');
    expect(await screen.findByText(/^MongoDB does not answer, so nobody can sign in now/)).toBeTruthy();
  });

  it('lets them see the pages that are made for them', async () => {
    me = null;
    gateway();
    show('/join/');
    expect(await screen.findByText(/live/)).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Sign in' })).toBeNull();
  });
});

describe('a session that ends under an open page', () => {
  async function typedAndOver() {
    gateway();
    show();
    fireEvent.change(await screen.findByRole('textbox'), { target: { value: 'half a note' } });
    me = null;
    expect(await screen.findByRole('dialog', { name: 'Your session is over' })).toBeTruthy();
    await screen.findByLabelText('Email');
  }

  it('asks over the page and keeps what was typed; nothing looks unreachable', async () => {
    await typedAndOver();
    expect(screen.queryByText(/unreachable/)).toBeNull();
    expect(screen.getByLabelText<HTMLInputElement>('Email').value).toBe('alice@example.com');
    expect(screen.getByRole('link', { name: 'Sign in with Example' }).getAttribute('target')).toBe('_blank');
    await signIn('alice@example.com', 'right');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(screen.getByRole<HTMLInputElement>('textbox').value).toBe('half a note');
  });

  it('goes on by itself after a sign-in in another tab', async () => {
    await typedAndOver();
    me = aPerson();
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(screen.getByRole<HTMLInputElement>('textbox').value).toBe('half a note');
  });

  it('gives another person nothing of what the one before typed', async () => {
    await typedAndOver();
    await signIn('bob@example.com', 'right');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(screen.getByRole<HTMLInputElement>('textbox').value).toBe('');
  });
});

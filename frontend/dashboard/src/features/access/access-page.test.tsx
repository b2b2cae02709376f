import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Key } from '@/lib/api/keys';
import type { Person } from '@/lib/api/people';
import { fakeGateway, problem, type Asked } from '@/testing/gateway';
import { A_VIEWER, aPerson } from '@/testing/me';
import { showAt } from '@/testing/pages';
import { AccessPage } from './access-page';

afterEach(() => vi.unstubAllGlobals());

const AT = '2026-11-24T10:00:00.000Z';
const aKey = (different: Partial<Key> = {}): Key => ({
  id: '0123456789ab', client: 'checkout', scopes: ['score:write'], networks: [], created_at: AT, created_by: 'alice',
  expires_at: null, revoked_at: null, last_used_at: null, ...different,
});
const ADA: Person = {
  id: 'ada000000000', name: 'Ada', email: 'ada@example.com', roles: ['admin'], signs_in_with: 'password',
  created_at: AT, created_by: 'alice', last_sign_in_at: null,
};

/** Keys and people that change as the gateway changes them. */
function gateway(me = aPerson()): Asked[] {
  let keys: Key[] = [];
  let people = [ADA, { ...ADA, id: 'bob000000000', name: 'Bob', email: 'bob@example.com', roles: ['viewer'] as Person['roles'] }];
  return fakeGateway(({ method, path, body }) => {
    if (path === '/people' && method === 'GET') return { body: { people, invitations: [] } };
    if (path === '/keys' && method === 'GET') return { body: { keys } };
    if (path === '/keys') {
      const { client, scopes } = body as Key;
      if (client === 'full') return problem(409, 'TOO_MANY_KEYS', 'This client has two keys that are good', 'Revoke one first.');
      keys = [aKey({ client, scopes }), ...keys];
      return { body: { ...keys[0], key: 'sentinel_0123456789ab_SECRET' } };
    }
    if (path.startsWith('/keys/') && method === 'DELETE') {
      keys = keys.map((key) => ({ ...key, revoked_at: AT }));
      return { body: keys[0] };
    }
    if (path === '/people/invitations') return { body: { id: 'i', ...(body as object), created_at: AT, created_by: 'alice', expires_at: AT, link: 'http://localhost/dashboard/join/#t' } };
    if (path === '/people/ada000000000') return problem(409, 'LAST_ADMIN', 'Somebody has to be an admin', 'Make somebody else one first.');
    if (path === '/people/bob000000000' && method === 'PUT') {
      people = people.map((one) => (one.name === 'Bob' ? { ...one, roles: (body as Person).roles } : one));
      return { body: people[1] };
    }
    return undefined;
  }, me);
}

const said = (asked: readonly Asked[]) => asked.filter(({ method }) => method !== 'GET').map(({ method, path, body }) => [method, path, body]);
const click = (name: string, within_: { getByRole: typeof screen.getByRole } = screen) => fireEvent.click(within_.getByRole('button', { name }));

describe('the page of keys and people', () => {
  it('is for admins, and says so to others', async () => {
    const asked = gateway(A_VIEWER);
    showAt('/access/', <AccessPage />);
    expect(await screen.findByText(/^This page needs the role admin; you are signed in as viewer/)).toBeTruthy();
    expect(screen.queryByRole('button')).toBeNull();
    expect(said(asked)).toEqual([]);
  });

  it('makes a key once all is said, shows it once, and revokes it after asking', async () => {
    const asked = gateway();
    showAt('/access/', <AccessPage />);
    await screen.findByText(/^No key yet/);
    click('Create key');
    expect(document.activeElement).toBe(screen.getByLabelText('Client'));
    fireEvent.change(screen.getByLabelText('Client'), { target: { value: 'checkout' } });
    click('Create key');
    expect(screen.getByText('Choose what it may do.')).toBeTruthy();
    fireEvent.click(screen.getByRole('checkbox', { name: /^score:write/ }));
    fireEvent.change(screen.getByLabelText('Networks (optional)'), { target: { value: '10.0.0.0/8, fd00::/8' } });
    click('Create key');

    const dialog = await screen.findByRole('dialog', { name: 'The key of checkout' });
    expect(within(dialog).getByText('sentinel_0123456789ab_SECRET')).toBe(document.activeElement);
    expect(said(asked)).toEqual([['POST', '/keys', { client: 'checkout', scopes: ['score:write'], networks: ['10.0.0.0/8', 'fd00::/8'], expires_at: null }]]);
    click('Close', within(dialog));
    await waitFor(() => expect(screen.queryByText(/SECRET/)).toBeNull());

    fireEvent.click(await screen.findByRole('button', { name: 'Revoke checkout 0123456789ab' }));
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Leave it' }));
    fireEvent.click(screen.getByRole('button', { name: 'Revoke it' }), { detail: 2 }); // the end of a double click
    expect(said(asked)).toHaveLength(1);
    click('Revoke it');
    expect(await screen.findByText('Revoked')).toBeTruthy();
    expect(screen.queryByRole('button', { name: /^Rotate/ })).toBeNull();
  });

  it('says why a key was not made', async () => {
    gateway();
    showAt('/access/', <AccessPage />);
    fireEvent.change(await screen.findByLabelText('Client'), { target: { value: 'full' } });
    fireEvent.click(screen.getByRole('checkbox', { name: /^admin all of these/ }));
    click('Create key');
    expect(await screen.findByText('This client has two keys that are good. Revoke one first.')).toBeTruthy();
  });

  it('invites somebody by a link that is shown once', async () => {
    const asked = gateway();
    showAt('/access/', <AccessPage />);
    fireEvent.change(await screen.findByLabelText('Email'), { target: { value: 'carol@example.com' } });
    fireEvent.click(screen.getByRole('checkbox', { name: /^analyst/ }));
    click('Make a link');
    expect(await screen.findByText('http://localhost/dashboard/join/#t')).toBeTruthy();
    expect(said(asked)).toEqual([['POST', '/people/invitations', { email: 'carol@example.com', roles: ['viewer', 'analyst'] }]]);
  });

  it('changes roles, and keeps the last admin', async () => {
    const asked = gateway();
    showAt('/access/', <AccessPage />);
    fireEvent.click(await screen.findByRole('button', { name: 'Roles of Bob' }));
    const dialog = within(screen.getByRole('dialog'));
    fireEvent.click(dialog.getByRole('checkbox', { name: /^operator/ }));
    click('Save roles', dialog);
    expect(await screen.findByText('viewer, operator')).toBeTruthy();
    click('Remove Ada');
    click('Remove');
    expect(await screen.findByText('Somebody has to be an admin. Make somebody else one first.')).toBeTruthy();
    expect(said(asked)).toEqual([
      ['PUT', '/people/bob000000000', { roles: ['viewer', 'operator'] }],
      ['DELETE', '/people/ada000000000', undefined],
    ]);
  });
});

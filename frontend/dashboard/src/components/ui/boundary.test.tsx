import { render, screen } from '@testing-library/react';
import { lazy, Suspense } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import '@/testing/dialog';
import { Boundary } from './boundary';
import { Modal } from './modal';

beforeEach(() => vi.spyOn(console, 'error').mockImplementation(() => {})); // React tells of each error that it catches
afterEach(() => vi.restoreAllMocks());

const TONES: Record<string, { tone: string }> = { closed: { tone: 'good' } };
const Word = ({ state }: { state: string }) => <p>{(TONES[state] as { tone: string }).tone}</p>;
const part = (state: string) => (
  <>
    <p>The rest</p>
    <Boundary of={state}>
      <Word state={state} />
    </Boundary>
  </>
);

describe('what breaks in a part of a page', () => {
  it('leaves the rest where it is, and is said in words with a way out', () => {
    render(part('ajar'));
    expect(screen.getByText('The rest')).toBeTruthy();
    expect(screen.getByRole('alert').textContent).toContain('This part cannot be shown.');
    expect(screen.getByRole('button', { name: 'Reload' })).toBeTruthy();
  });

  it('is over when something else comes that can be shown', () => {
    const { rerender } = render(part('ajar'));
    rerender(part('closed'));
    expect(screen.getByText('good')).toBeTruthy();
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('lets a window be closed whose script a newer build has replaced', async () => {
    const Gone = lazy(() => Promise.reject<{ default: () => null }>(new TypeError('Failed to fetch dynamically imported module')));
    const onClose = vi.fn();
    render(
      <Modal title="Transaction txn_1" onClose={onClose}>
        <Suspense>
          <Gone />
        </Suspense>
      </Modal>,
    );
    expect(await screen.findByRole('button', { name: 'Reload' })).toBeTruthy();
    screen.getByRole('button', { name: 'Close' }).click();
    expect(onClose).toHaveBeenCalledOnce();
  });
});

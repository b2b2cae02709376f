import { fireEvent, screen, within } from '@testing-library/react';
import { Reviews } from '@/features/reviews/reviews';
import type { Waiting } from '@/features/reviews/waiting';
import type { Me } from '@/lib/api/me';
import { fakeGateway, problem, type Asked } from './gateway';
import { showAt } from './pages';
import { aPerson } from './me';
import { aBlindRecord, aReview, FLIP } from './records';

const UNTIL = '2099-01-01T00:00:00.000Z';

/** A queue that takes steps as the gateway does, with as much at stake as said, of whoever `me` is; "held" belongs to bob. */
export function queueOf(stakes: Record<string, number>, me: Me = aPerson()): Asked[] {
  const records = new Map<string, Waiting>();
  for (const [id, stake] of Object.entries(stakes)) {
    const review = aReview({ amount_reference_minor: stake, reason: 'flip' });
    records.set(id, { ...aBlindRecord({ transaction_id: id, amendments: [FLIP] }), review });
  }
  return fakeGateway(({ method, path, query, body }) => {
    if (path === '/exposure') return { body: { reference_currency: 'USD' } };
    if (path === '/reviews') {
      const reviews = [...records.values()].filter((one) => one.review.state === query.get('state'));
      return { body: { reviews, next_cursor: null } };
    }
    const [, , id = '', step] = path.split('/');
    const record = records.get(id);
    if (!record) return undefined;
    if (method === 'GET') return { body: record };
    const { decision, note } = body as { decision?: 'approve' | 'block'; note?: string | null };
    const by = me.name;
    if (id === 'held') {
      const review = aReview({ state: 'claimed', claimed_by: 'bob', claim_until: UNTIL });
      records.set(id, { ...record, review });
      return problem(409, 'REVIEW_TAKEN', 'Somebody else has claimed this transaction', 'bob has it.');
    }
    const review = {
      claim: aReview({ ...record.review, state: 'claimed', claimed_by: by, claim_until: UNTIL }),
      release: aReview({ ...record.review, state: 'open', claimed_by: null, claim_until: null }),
      undo: aReview({ ...record.review, state: 'open', decision: null, note: null, decided_by: null, decided_at: null }),
      decision: aReview({ ...record.review, state: 'decided', decision: decision ?? null, note: note ?? null, decided_by: by, decided_at: UNTIL }),
    }[step as 'claim' | 'release' | 'decision' | 'undo'];
    records.set(id, { ...record, review });
    return { body: { transaction_id: id, ...review } };
  }, me);
}

export const steps = (asked: Asked[]) => asked.filter(({ method }) => method === 'POST').map(({ path, body }) => [path, body]);
export const link = (id: string) => screen.getByRole('link', { name: id });
export const press = (key: string) => fireEvent.keyDown(document.activeElement as Element, { key });
export const shown = () => within(screen.getByRole('region', { name: 'Queue' })).getAllByRole('listitem').map((item) => item.getAttribute('data-id'));

export async function showQueue(address = '/reviews/') {
  const view = showAt(address, <Reviews />);
  await screen.findAllByRole('button', { name: /^(Approve|Release) / });
  return view;
}

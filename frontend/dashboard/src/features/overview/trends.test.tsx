import { fireEvent, screen, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { aTraffic } from '@/testing/answers';
import { fakeGateway } from '@/testing/gateway';
import { showAt } from '@/testing/pages';
import { Trends } from './trends';

describe('the trends after a restart of the gateway', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('have a gap over what nobody knows, and never 0, and say when it started', async () => {
    const traffic = aTraffic();
    const known_from = traffic.buckets[60]?.at ?? '';
    const empty = traffic.buckets.map((bucket, i) => (i < 60 ? { ...bucket, counts: { approve: 0, review: 0, block: 0, blind: 0, failed: 0, degraded: 0 } } : bucket));
    fakeGateway(({ path }) => (path === '/stats' ? { body: { models: {}, traffic: { ...traffic, known_from, buckets: empty } } } : undefined));
    showAt('/', <Trends page={{ connection: 'live', isOld: false } as never} marks={[]} />);

    const image = await screen.findByRole('img', { name: /^Verdicts per second/ });
    expect(image.getAttribute('aria-label')).toMatch(/ The gateway started at \d\d:\d\d:\d\d; of before nothing is known\.$/);
    fireEvent.click(screen.getByRole('button', { name: 'Show as table: Verdicts per second' }));
    const rows = within(screen.getByRole('region', { name: 'Verdicts per second, table' })).getAllByRole('row').slice(1).map((row) => row.textContent);
    expect(rows.filter((text) => text?.includes('not known'))).toHaveLength(60);
    expect(rows.some((text) => text?.includes('0.0/s0.0/s0.0/s0.0/s0.0/s'))).toBe(false);
    expect(rows.filter((text) => text?.includes('Started'))).toHaveLength(1);
  });
});

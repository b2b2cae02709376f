import { act, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeGateway, problem } from '@/testing/gateway';
import { ExportButton } from './export-button';
import { saveFile } from './save';

vi.mock('./save', async (original) => ({ ...(await original<typeof import('./save')>()), saveFile: vi.fn() }));

const HEADER = 'transaction_id\r\n';
const page = (from: number, next: string | null) => ({
  text: HEADER + Array.from({ length: 500 }, (_, i) => `txn_${from + i}\r\n`).join(''),
  ...(next && { headers: { 'X-Next-Cursor': next } }),
});

describe('the export button', () => {
  beforeEach(() => vi.mocked(saveFile).mockClear());
  afterEach(() => vi.unstubAllGlobals());

  it('saves all pages of the search as one file, and says how many rows', async () => {
    const asked = fakeGateway(({ query }) => (query.get('cursor') ? page(500, null) : page(0, 'more')));
    render(<ExportButton search={{ decision: 'block' }} />);
    fireEvent.click(screen.getByRole('button', { name: 'Export CSV' }));
    expect(await screen.findByText('Saved 1,000 rows.')).toBeTruthy();
    const [name, text, type] = vi.mocked(saveFile).mock.calls[0] ?? [];
    expect(name).toMatch(/^transactions-.*\.csv$/);
    expect(type).toBe('text/csv');
    expect(text?.split('\r\n')).toHaveLength(1_002);
    expect(asked.map(({ query }) => query.get('decision'))).toEqual(['block', 'block']);
  });

  it('can be cancelled, and then saves nothing', async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    vi.stubGlobal('fetch', async (_url: string, init: RequestInit) => {
      await gate;
      init.signal?.throwIfAborted();
      return new Response(page(0, null).text);
    });
    render(<ExportButton search={{}} />);
    fireEvent.click(screen.getByRole('button', { name: 'Export CSV' }));
    expect(screen.getByRole('progressbar', { name: 'Export' })).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Cancel export' }));
    await act(async () => release());
    expect(await screen.findByRole('button', { name: 'Export CSV' })).toBeTruthy();
    expect(saveFile).not.toHaveBeenCalled();
  });

  it('says why nothing was saved, when the gateway fails on the way', async () => {
    fakeGateway(({ query }) => (query.get('cursor') ? problem(503, 'LEDGER_UNREADABLE', 'The ledger is away') : page(0, 'more')));
    render(<ExportButton search={{}} />);
    fireEvent.click(screen.getByRole('button', { name: 'Export CSV' }));
    expect(await screen.findByText('Nothing was saved. The ledger is away.')).toBeTruthy();
    expect(saveFile).not.toHaveBeenCalled();
  });

  it('is off where there is nothing to save', () => {
    render(<ExportButton search={null} />);
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Export CSV' }).disabled).toBe(true);
  });
});

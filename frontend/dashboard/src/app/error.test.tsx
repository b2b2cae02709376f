import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it, vi } from 'vitest';
import PageError from './error';
import DocumentError from './global-error';

describe('what breaks a whole page', () => {
  it('is said under a heading of the page, and may be tried again, with other answers than those that broke it', () => {
    const client = new QueryClient();
    client.setQueryData(['transactions'], { transactions: null });
    const reset = vi.fn();
    render(
      <QueryClientProvider client={client}>
        <PageError reset={reset} />
      </QueryClientProvider>,
    );
    expect(screen.getByRole('heading', { level: 1, name: 'This page cannot be shown' })).toBeTruthy();
    screen.getByRole('button', { name: 'Try again' }).click();
    expect(reset).toHaveBeenCalledOnce();
    expect(client.getQueryData(['transactions'])).toBeUndefined();
  });

  it('has a document of its own where the head broke as well', () => {
    const html = renderToStaticMarkup(<DocumentError reset={() => {}} />);
    expect(html).toMatch(/^<html lang="en">/);
    expect(html).toContain('This page cannot be shown');
  });
});

import { render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { PollingProvider } from '@/lib/polling';
import './dialog';

/** Shows a part of a page as the app does, at an address of its own. */
export function showAt(address: string, part: ReactNode) {
  window.sessionStorage.clear();
  window.localStorage.clear();
  window.history.pushState(null, '', address);
  return render(<PollingProvider>{part}</PollingProvider>);
}

'use client';

import { Modal } from '@/components/ui/modal';
import type { Me } from '@/lib/api/me';
import { SignInForm } from './sign-in-form';

/** Over the page of somebody whose session has ended. It cannot be closed but by signing in: the page below is of the past. */
export function SessionOver({ auth, last }: { auth: string | null; last: Me }) {
  return (
    <Modal title="Your session is over" isBusy onClose={() => {}}>
      <p>Sign in to go on where you were. What you have typed is still there{last.kind === 'person' ? ', unless somebody else signs in' : ''}.</p>
      <SignInForm auth={auth} email={last.email} isOverPage />
    </Modal>
  );
}

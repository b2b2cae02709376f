import { ApiProblem } from '@/lib/api/client';
import { duration } from '@/lib/format';
import { toMessage } from '@/lib/problem';

/** What is said of signing in, joining and passwords. Pure. */

export const PASSWORD_CHARS_MIN = 12; // the gateway's bound
const PASSWORD_BYTES_MAX = 1_024;
const LONG_CHARS = 20;
const FEW_CHARS = 5; // different ones

/** Why a sign-in failed, and what to do. */
export function signInFailure(error: Error): string {
  if (!(error instanceof ApiProblem)) return `${error.message} Nobody is signed in.`;
  if (error.code === 'SIGN_IN_FAILED') return 'Email or password is wrong, or this person may not sign in here.';
  if (error.code === 'SIGN_IN_SLOWED') return `Too many attempts from here. Try again in ${duration(error.retryAfterS ?? 60)}.`;
  if (error.code === 'SIGN_IN_BUSY') return 'Too many people sign in at this moment. Try again in some seconds.';
  if (isLedgerAway(error)) return 'MongoDB does not answer, so nobody can sign in now. Who is signed in stays so. Try again when it is back.';
  return toMessage(error);
}

/** Why joining failed, and what to do; places are told at their fields. */
export function joinFailure(error: Error): string {
  if (!(error instanceof ApiProblem)) return error.message;
  if (error.code === 'INVITATION_INVALID') return 'This link is not good any more: it was used, withdrawn, or is older than 7 days. Ask an admin for a new one.';
  if (error.code === 'PERSON_EXISTS') return 'Somebody with this email address or name is here already. Sign in, or take another name.';
  if (isLedgerAway(error)) return 'MongoDB does not answer, so nobody can join now. The link stays good: try again when it is back.';
  if (error.status === 422 && error.places.length > 0) return 'Nothing was done yet: see what is wrong above.';
  return signInFailure(error);
}

function isLedgerAway({ code }: ApiProblem): boolean {
  return code === 'ACCESS_UNCONFIRMED' || code === 'LEDGER_UNREADABLE';
}

/** What the provider's answer came to, by the code that stands in the address. */
export function providerFailure(code: string): string {
  const known: Record<string, string> = {
    oidc_refused: 'The provider did not let you in.',
    oidc_state: 'This sign-in was begun elsewhere, or too long ago. Begin again.',
    oidc_token: 'What the provider said cannot be trusted. Tell whoever runs this gateway.',
    oidc_no_role: 'The provider knows you, but you have no role here. Ask an admin for one.',
    oidc_away: 'The provider does not answer. Try again later.',
  };
  return known[code] ?? 'The sign-in with the provider failed. Begin again.';
}

/** How good a password is, in words, and whether the gateway may take it; it also knows the commonest ones. */
export function strengthOf(password: string, about: readonly string[] = []): { isGood: boolean; words: string } {
  const text = password.normalize('NFC');
  const chars = [...text];
  const folded = text.toLowerCase();
  if (chars.length < PASSWORD_CHARS_MIN) return { isGood: false, words: `Too short: ${chars.length} of ${PASSWORD_CHARS_MIN} characters at least.` };
  if (new TextEncoder().encode(text).length > PASSWORD_BYTES_MAX) return { isGood: false, words: 'Too long: 1,024 bytes at most.' };
  if (about.some((word) => word !== '' && word.toLowerCase() === folded)) return { isGood: false, words: 'Not your name or email address.' };
  if (new Set(chars).size < FEW_CHARS) return { isGood: false, words: 'Easy to guess: the same few characters again and again.' };
  if (chars.length < LONG_CHARS) return { isGood: true, words: 'Fair. Longer is better: some words that have nothing to do with each other.' };
  return { isGood: true, words: 'Strong.' };
}

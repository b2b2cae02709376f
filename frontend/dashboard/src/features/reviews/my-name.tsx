'use client';

import type { RefObject } from 'react';
import { TextField } from '@/components/ui/field';
import { useStored } from '@/lib/stored';

/** The name that this browser keeps for its user, and whether the gateway would take it. */
export function useMyName(): { name: string; isGood: boolean; setName: (name: string) => void } {
  const [name, setName] = useStored('sentinel.name', '');
  return { name, isGood: checkName(name) === null, setName };
}

/** What is wrong with a name, or null. The gateway's rule. */
export function checkName(name: string): string | null {
  if (name === '') return 'Say who you are first.';
  return /^[A-Za-z0-9_.-]{1,64}$/.test(name) ? null : 'Letters, digits and _ . - only, 64 at most, no spaces.';
}

/** Who decides. `isAsked`: a step was refused for want of a name. */
export function MyName({ isAsked, ref }: { isAsked: boolean; ref: RefObject<HTMLInputElement | null> }) {
  const { name, setName } = useMyName();
  const problem = name === '' && !isAsked ? null : checkName(name);
  return (
    <TextField
      ref={ref}
      label="Your name"
      hint="There is no login: who decides is whoever you say you are."
      error={problem ?? undefined}
      value={name}
      maxLength={64}
      autoComplete="username"
      spellCheck={false}
      onChange={({ target }) => setName(target.value.trim())}
    />
  );
}

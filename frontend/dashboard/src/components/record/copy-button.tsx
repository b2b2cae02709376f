'use client';

import { useEffect, useState } from 'react';
import { Button } from '@/components/ui/button';

const SAID_MS = 2_000;

/** Copies a text. Says whether that worked: without https, or without leave, browsers refuse. `what` names it, such as "id". */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const [said, setSaid] = useState('');
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => setSaid(''), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid('Copied');
    } catch {
      setSaid('Not copied: select it instead');
    }
  };
  return (
    <>
      <Button onClick={() => void copy()}>Copy {what}</Button>
      <span role="status" className="small muted">
        {said}
      </span>
    </>
  );
}

import { useLayoutEffect, useRef } from 'react';
import { Button } from '@/components/ui/button';
import styles from './shell.module.css';

/** Says loudly that nobody answers. Whoever has the focus in it when it goes is taken to the content, not to nowhere. */
export function Banner({ text, onTry }: { text: string; onTry: () => void }) {
  const banner = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = banner.current;
    return () => {
      if (element?.contains(document.activeElement)) document.getElementById('content')?.focus({ preventScroll: true });
    };
  }, []);
  return (
    <div ref={banner} role="alert" className={styles.banner}>
      <p>{text}</p>
      <Button onClick={onTry}>Try now</Button>
    </div>
  );
}

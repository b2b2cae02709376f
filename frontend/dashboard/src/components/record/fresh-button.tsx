import { Button } from '@/components/ui/button';
import { count } from '@/lib/format';
import styles from './record.module.css';

/**
 * "3 new": shows what waits outside a list that somebody is in. Its room is kept while nothing waits. `isMore`: there may be
 * older ones than can be counted here.
 */
export function FreshButton({ fresh, isMore = false, onShow }: { fresh: number; isMore?: boolean; onShow: () => void }) {
  return (
    <span className={styles.fresh}>
      {fresh > 0 && (
        <Button onClick={onShow}>
          {count(fresh)}
          {isMore ? ' or more' : ''} new
        </Button>
      )}
    </span>
  );
}

import { Button } from '@/components/ui/button';
import styles from './detail.module.css';

/** The second step of a label, in a place of its own. The focus begins at the way back. `isBusy`: it is on its way. */
export function ConfirmLabel({
  isFraud,
  isBusy,
  onConfirm,
  onCancel,
}: {
  isFraud: boolean;
  isBusy: boolean;
  onConfirm: () => void;
  onCancel: () => void;
}) {
  const word = isFraud ? 'fraud' : 'genuine';
  return (
    <div role="group" aria-labelledby="confirm-label" className={styles.confirm}>
      <p id="confirm-label">
        <strong>Label it {word}?</strong> Later payments of this user and at this merchant are scored by it from now on.
      </p>
      <div className={styles.step}>
        <Button autoFocus aria-disabled={isBusy} onClick={() => !isBusy && onCancel()}>
          Cancel
        </Button>
        <Button kind="primary" aria-disabled={isBusy} onClick={() => !isBusy && onConfirm()}>
          Yes, label it {word}
        </Button>
      </div>
    </div>
  );
}

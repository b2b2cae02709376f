import { Modal } from '@/components/ui/modal';
import { KEYS } from './keys';
import styles from './reviews.module.css';

/** Which keys there are. */
export function KeysWindow({ onClose }: { onClose: () => void }) {
  return (
    <Modal title="Keys of the review queue" onClose={onClose}>
      <p>They work as soon as the page is open, and never while you type. They can be switched off.</p>
      <dl className={styles.keys}>
        {KEYS.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}

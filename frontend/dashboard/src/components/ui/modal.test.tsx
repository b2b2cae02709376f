import { fireEvent, render, screen } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import '@/testing/dialog';
import { Modal } from './modal';

const INSIDE = { clientX: 150, clientY: 150 };
const BESIDE = { clientX: 20, clientY: 150 };

let onClose: () => void;
let dialog: HTMLElement;

/** A window from (100, 100) to (300, 300). */
function show(isBusy = false) {
  onClose = vi.fn();
  render(
    <Modal title="Block txn_1?" isBusy={isBusy} onClose={onClose}>
      <textarea aria-label="Note" />
    </Modal>,
  );
  dialog = screen.getByRole('dialog');
  dialog.getBoundingClientRect = () => new DOMRect(100, 100, 200, 200);
}

/** What browsers tell of a press at one place and a release at another: the click belongs to what holds both. */
function drag(from: HTMLElement, start: object, end: object, holder = dialog) {
  fireEvent(from, new MouseEvent('pointerdown', { bubbles: true, ...start }));
  fireEvent.click(holder, end);
}

describe('a click beside a window', () => {
  beforeEach(() => show());

  it('closes it', () => {
    drag(dialog, BESIDE, BESIDE);
    expect(onClose).toHaveBeenCalledOnce();
  });

  it('does not, when it is the end of marking text in it', () => {
    drag(screen.getByLabelText('Note'), INSIDE, BESIDE);
    expect(onClose).not.toHaveBeenCalled();
  });

  it('is none on its edge or its scroll bar, which bear its name too', () => {
    drag(dialog, INSIDE, INSIDE);
    expect(onClose).not.toHaveBeenCalled();
  });
});

describe('a window whose step is on its way', () => {
  beforeEach(() => show(true));

  it('stays until it is known what came of it', () => {
    drag(dialog, BESIDE, BESIDE);
    fireEvent(dialog, new Event('cancel', { cancelable: true }));
    fireEvent.click(screen.getByRole('button', { name: 'Close' }));
    expect(onClose).not.toHaveBeenCalled();
  });
});

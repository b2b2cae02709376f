import type { MouseEvent } from 'react';

/**
 * For `onClickCapture` around the buttons of a second step. What appears may scroll, and then the second click of a double
 * click on the first step hits what nobody had read yet: it does nothing.
 */
export function notTwice(event: MouseEvent): void {
  if (event.detail < 2) return;
  event.preventDefault();
  event.stopPropagation();
}

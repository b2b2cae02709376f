'use client';

import { writeAddress, withParams } from './address';
import { onward, readTrail, rememberTrail, whereabouts } from './trail';

export interface PageSteps {
  /** From 1; undefined where a link led into the middle. */
  number: number | undefined;
  onFirst: (() => void) | undefined;
  onBack: (() => void) | undefined;
  onOn: (() => void) | undefined;
}

/**
 * The steps from the page that `params` names under `cursor`. `of` names the list and its filters; `next` is the cursor of
 * the page behind this one, null on the last.
 */
export function pageSteps(params: URLSearchParams, of: string, next: string | null | undefined): PageSteps {
  const cursor = params.get('cursor');
  const { number, previous } = whereabouts(readTrail(), of, cursor);
  const go = (to: string | null) => () => writeAddress(withParams(params, { cursor: to, tx: null }), 'push');
  return {
    number,
    onFirst: cursor === null ? undefined : go(null),
    onBack: previous === undefined ? undefined : go(previous),
    onOn: next
      ? () => {
          rememberTrail(onward(readTrail(), of, cursor, next));
          go(next)();
        }
      : undefined,
  };
}

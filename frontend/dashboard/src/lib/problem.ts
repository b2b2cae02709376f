import { ApiProblem } from './api/client';
import { isNobody } from './api/me';
import { timeOfDay } from './format';

/** The gateway knows nothing by that id. It may yet: what was decided a moment ago, or comes to wait for a person later. */
export function isUnknownId(error: Error | null): boolean {
  return error instanceof ApiProblem && error.status === 404;
}

/** What went wrong, in a sentence or two, with times on the reader's clock. */
export function toMessage(error: Error): string {
  if (!(error instanceof ApiProblem)) return error.message;
  const places = error.places.map((place) => `${place.pointer} ${place.detail}`).join('; ');
  return withLocalTimes([`${error.title}.`, error.detail, places && `${places}.`].filter(Boolean).join(' '));
}

/** The same of a step that somebody took: after silence nobody knows whether it was done. */
export function toStepMessage(error: Error): string {
  if (isNobody(error)) return 'Nothing was done, because nobody is signed in any more. Sign in and take the step again.';
  return error instanceof ApiProblem ? toMessage(error) : `${error.message} The step may be done or not; taking it again is safe.`;
}

/** The gateway writes times in UTC, with milliseconds. */
export function withLocalTimes(text: string): string {
  return text.replace(/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z/g, (time) => timeOfDay(time));
}

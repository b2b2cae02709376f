import { describe, expect, it } from 'vitest';
import { ApiProblem, Unreachable } from './api/client';
import { timeOfDay } from './format';
import { toMessage, toStepMessage } from './problem';

describe('what went wrong', () => {
  it('is told in the words of the gateway, with times on the clock of the reader', () => {
    const taken = new ApiProblem(409, 'REVIEW_TAKEN', 'Somebody else has claimed this', 'bob has it until 2026-11-24T10:15:00.123Z.');
    expect(toStepMessage(taken)).toBe(`Somebody else has claimed this. bob has it until ${timeOfDay('2026-11-24T10:15:00.123Z')}.`);
  });

  it('names the places that are wrong', () => {
    const refused = new ApiProblem(422, 'INVALID_REQUEST', 'Not allowed', '', [{ pointer: '/note', detail: 'must not hold a full card number' }]);
    expect(toMessage(refused)).toBe('Not allowed. /note must not hold a full card number.');
  });

  it('does not claim to know what became of a step that nobody answered', () => {
    expect(toStepMessage(new Unreachable('No answer within 4 s.'))).toBe(
      'No answer within 4 s. The step may be done or not; taking it again is safe.',
    );
  });
});

import { REVIEW_STATES } from '@/lib/api/reviews';
import type { Field, Filters } from './fields';

/** What is wrong with a field, and what would be right. The gateway's own rules, said before it is asked. */
export type Problems = Partial<Record<Field, string>>;

const ID_CHARS_MAX = 255;
const AMOUNT_DECIMALS_MAX = 4;
const AMOUNT_MAX = 1_000_000_000_000n;
const TIME_MIN = Date.UTC(2000, 0, 1);
const TIME_MAX = Date.UTC(2200, 0, 1);
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})$/;

/** Spaces, control characters, and what is not seen. */
const NOT_IN_IDS = /[\s\p{Cc}\p{Cf}]/u;

const CHOICES: Partial<Record<Field, readonly string[]>> = {
  decision: ['approve', 'review', 'block'],
  scored: ['true', 'false'],
  flipped: ['true', 'false'],
  review: REVIEW_STATES,
};

/** The problems of these filters; none, if empty. */
export function check(filters: Filters): Problems {
  const problems: Problems = {};
  for (const [name, value] of Object.entries(filters)) {
    const field = name as Field;
    const problem = value === '' ? null : checkOne(field, value);
    if (problem) problems[field] = problem;
  }
  const { amount_min, amount_max, created_from, created_to } = filters;
  if (amount_min && amount_max && !problems.amount_min && !problems.amount_max && toUnits(amount_min) > toUnits(amount_max)) {
    problems.amount_max = 'Must not be less than “Amount from”.';
  }
  if (created_from && created_to && !problems.created_from && !problems.created_to && Date.parse(created_from) > Date.parse(created_to)) {
    problems.created_to = 'Must not be earlier than “Time from”.';
  }
  return problems;
}

function checkOne(field: Field, value: string): string | null {
  const choices = CHOICES[field];
  if (choices) return choices.includes(value) ? null : `“${shortened(value)}” is not one of the choices. Choose one.`;
  if (field === 'amount_min' || field === 'amount_max') return checkAmount(value);
  if (field === 'created_from' || field === 'created_to') return checkTime(value);
  return checkId(value);
}

function checkId(value: string): string | null {
  if (value.length > ID_CHARS_MAX) return `At most ${ID_CHARS_MAX} characters.`;
  return NOT_IN_IDS.test(value) ? 'Ids hold no spaces, and nothing that is not seen.' : null;
}

function checkAmount(value: string): string | null {
  const [, whole, decimals = ''] = /^(\d+)(?:\.(\d+))?$/.exec(value) ?? [];
  if (whole === undefined) return 'Write a number, such as 150 or 150.50.';
  if (decimals.length > AMOUNT_DECIMALS_MAX) return `At most ${AMOUNT_DECIMALS_MAX} decimals.`;
  if (whole.length > 20 || toUnits(value) > AMOUNT_MAX * 10_000n) return 'At most 1000000000000.';
  return null;
}

function checkTime(value: string): string | null {
  const ms = TIME.test(value) ? Date.parse(value) : NaN;
  if (Number.isNaN(ms)) return 'Not a whole time: choose day, hour and minute, or clear it.';
  return ms >= TIME_MIN && ms <= TIME_MAX ? null : 'Must lie between the years 2000 and 2200.';
}

/** In ten-thousandths, exactly: amounts never pass through a float. */
function toUnits(amount: string): bigint {
  const [whole = '0', decimals = ''] = amount.split('.');
  return BigInt(whole + decimals.padEnd(AMOUNT_DECIMALS_MAX, '0'));
}

function shortened(value: string): string {
  return value.length > 30 ? `${value.slice(0, 30)}…` : value;
}

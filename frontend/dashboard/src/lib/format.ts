/** Figures as people read them. Amounts come and stay as decimal text: they never pass through a float. */

const NOTHING = 'none';

/** "12 s", "3 min 20 s", "2 h 5 min", "4 d 1 h". */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3_600) return join(Math.floor(s / 60), 'min', s % 60, 's');
  if (s < 86_400) return join(Math.floor(s / 3_600), 'h', Math.floor((s % 3_600) / 60), 'min');
  return join(Math.floor(s / 86_400), 'd', Math.floor((s % 86_400) / 3_600), 'h');
}

/** "0.0/s", "12.4/s", "1,240/s". */
export function rate(perS: number): string {
  return `${perS >= 100 ? count(Math.round(perS)) : perS.toFixed(1)}/s`;
}

/** "0.8 ms", "12 ms", "1.24 s"; "none" where nothing was measured. */
export function latency(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return NOTHING;
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(2)} s`;
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

/** "24,957". */
export function count(n: number): string {
  return n.toLocaleString('en-GB');
}

/** "97.8 %". */
export function percent(share: number, digits = 1): string {
  return `${(share * 100).toFixed(digits)} %`;
}

/** "7 %" of a whole; never "0 %" for some, nor "100 %" for not quite all: "under 1 %", "over 99 %". `whole` above 0. */
export function shareOf(part: number, whole: number): string {
  const share = part / whole;
  if (share > 0 && share < 0.01) return 'under 1 %';
  if (share > 0.99 && share < 1) return 'over 99 %';
  return percent(share, 0);
}

/** "0.7312", or "not scored": never 0 for a transaction that nobody looked at. */
export function score(riskScore: number | null): string {
  return riskScore === null ? 'not scored' : riskScore.toFixed(4);
}

/** "1,150.50 USD" from exact decimal text. */
export function amount(decimal: string, currency: string): string {
  const [whole = '', fraction] = decimal.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return `${fraction === undefined ? grouped : `${grouped}.${fraction}`} ${currency}`;
}

/** "1,150.50 USD" from hundredths of the reference currency. */
export function minorAmount(minor: number, currency: string): string {
  const digits = String(Math.abs(minor)).padStart(3, '0');
  return amount(`${minor < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`, currency);
}

const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const DAY_AND_TIME = new Intl.DateTimeFormat('en-GB', {
  day: '2-digit', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', timeZoneName: 'short',
});

const DAY_OF_YEAR = new Intl.DateTimeFormat('en-GB', { day: '2-digit', month: 'short' });
const DAY = new Intl.DateTimeFormat('en-GB', { day: '2-digit', month: 'short', year: 'numeric' });

/** "10:19:59", on the reader's clock. For what is of the last minutes; `when` for the rest. */
export function timeOfDay(at: string | number): string {
  return TIME.format(new Date(at));
}

/** "10:19:59" today, "24 Nov, 10:19:59" on another day of this year, "24 Nov 2026, 10:19:59" of another, on the reader's clock. */
export function when(at: string | number, nowMs: number): string {
  const then = new Date(at);
  const now = new Date(nowMs);
  if (then.toDateString() === now.toDateString()) return timeOfDay(at);
  return `${(then.getFullYear() === now.getFullYear() ? DAY_OF_YEAR : DAY).format(then)}, ${timeOfDay(at)}`;
}

/** "24 Nov 2026, 10:19:59 UTC", on the reader's clock. */
export function dayAndTime(at: string | number): string {
  return DAY_AND_TIME.format(new Date(at));
}

/** "4 s ago"; "now" within a second and where the two clocks disagree. */
export function ago(at: string | number, nowMs: number): string {
  const s = (nowMs - new Date(at).getTime()) / 1_000;
  return s < 1 ? 'now' : `${duration(s)} ago`;
}

function join(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small ? `${big} ${bigUnit} ${small} ${smallUnit}` : `${big} ${bigUnit}`;
}

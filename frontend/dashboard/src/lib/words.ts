import { count, duration } from './format';

/** "no verdicts", "1 verdict", "1,412 verdicts". `many`: where an added s will not do. */
export function counted(n: number, one: string, many = `${one}s`): string {
  if (n === 0) return `no ${many}`;
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** "under 1 s", otherwise as `duration`. */
export function lasted(seconds: number): string {
  return seconds < 1 ? 'under 1 s' : duration(seconds);
}

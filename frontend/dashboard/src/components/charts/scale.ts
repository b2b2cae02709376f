/**
 * From figures to pixels and back. The ready-made linear scale brings colours, dates and formats along, 10.9 kB gzip of
 * the 190 that the first page may have; these are the lines of it that charts from zero need.
 */
export interface Scale {
  toPx: (value: number) => number;
  toValue: (px: number) => number;
}

/** `domain` and `range`: where both begin and end; the range may fall. A domain of no length lies at the range's begin. */
export function linear(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const [from, until] = domain;
  const perPx = (range[1] - range[0]) / (until - from);
  if (!Number.isFinite(perPx) || perPx === 0) return { toPx: () => range[0], toValue: () => from };
  return { toPx: (value) => range[0] + (value - from) * perPx, toValue: (px) => from + (px - range[0]) / perPx };
}

/**
 * Round figures from 0 to the first one that is not below `top`, about `n` of them: steps of 1, 2 or 5 times a power of
 * ten. `top` above 0.
 */
export function ticksFromZero(top: number, n: number): number[] {
  const rough = top / n;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10) * power;
  const last = Math.ceil(top / step - 1e-9);
  // through the decimals of the step, or 3 times 0.1 would be 0.30000000000000004
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  return Array.from({ length: last + 1 }, (_, i) => Number((i * step).toFixed(digits)));
}

const AFTER_MS = 1_000; // an alert is written just after the change
const APART_MS = 7_500;

export interface Chase {
  /** Something changed: ask after a second, or as soon as the last time is long enough ago. */
  note: () => void;
  stop: () => void;
}

/**
 * Turns changes into askings, at most one every 7.5 s however often something changes; none is left out: after the last
 * change there is one asking more.
 */
export function makeChase(ask: () => void): Chase {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let [changedMs, askedMs] = [-Infinity, -Infinity];
  const wait = () => {
    timer = setTimeout(fire, Math.max(AFTER_MS, askedMs + APART_MS - Date.now()));
  };
  const fire = () => {
    timer = undefined;
    askedMs = Date.now();
    ask();
    if (changedMs > askedMs - AFTER_MS) wait(); // that one may have come too late for these answers
  };
  return {
    note: () => {
      changedMs = Date.now();
      if (timer === undefined) wait();
    },
    stop: () => {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}

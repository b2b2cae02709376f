/** Between the address, which is in UTC, and a time field, which is on the reader's clock and without a zone. */

/** "2026-11-24T10:00:00Z" as the value of a time field; "" for what is no time. */
export function toFieldTime(address: string): string {
  const time = new Date(address);
  if (Number.isNaN(time.getTime())) return '';
  const two = (n: number) => String(n).padStart(2, '0');
  const day = `${String(time.getFullYear()).padStart(4, '0')}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day}T${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

/** The value of a time field as it stands in the address. */
export function toAddressTime(field: string): string {
  const time = new Date(field);
  return Number.isNaN(time.getTime()) ? '' : time.toISOString().replace('.000Z', 'Z');
}

/** "UTC+01:00": on which clock a time field is, as of now. */
export function zoneName(now = new Date()): string {
  const minutes = -now.getTimezoneOffset();
  if (minutes === 0) return 'UTC';
  const two = (n: number) => String(Math.floor(n)).padStart(2, '0');
  return `UTC${minutes < 0 ? '-' : '+'}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
}

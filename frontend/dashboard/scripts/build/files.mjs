import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** Every file below a folder, relative to it, with "/", in the order of their names. */
export function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)).split(sep).join('/'))
    .sort();
}

/** The file behind an address of the dashboard, such as "/dashboard/theme.js?v=1" -> "theme.js". */
export function toFile(address) {
  return address.replace(/^\/dashboard\//, '').replace(/[?#].*$/, '');
}

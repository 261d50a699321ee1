/** The targets there are: one module in `targets/` each, of the same name. */
import { readdirSync } from 'node:fs';

const FOLDER = new URL('./targets/', import.meta.url);
const MODULE = /^([a-z][a-z0-9-]*)\.ts$/;

/** The names that `npm run fuzz` takes, sorted. */
export function targetNames(): string[] {
  const names = readdirSync(FOLDER).flatMap((file) => MODULE.exec(file)?.[1] ?? []);
  return names.sort();
}

/** The module of a target. */
export function targetUrl(name: string): string {
  return new URL(`${name}.ts`, FOLDER).href;
}

/** The adapter to the environment of the process; everything else takes it as an argument. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

/** Names and values, as options are loaded from. */
export type Environment = Record<string, string | undefined>;

/** The variables of a `.env` text: `NAME=value` lines, quotes and comments as Node reads them. */
export function parseDotEnv(text: string): Environment {
  return { ...parseEnv(text) };
}

/** The environment of the process, over what a `.env` in `cwd` sets. */
export function readEnvironment(cwd: string): Environment {
  const path = join(cwd, '.env');
  return existsSync(path)
    ? { ...parseDotEnv(readFileSync(path, 'utf8')), ...process.env }
    : { ...process.env };
}

/** JSON objects on the command line: as they are, or from a file with `@` before its name. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { usage } from '../check-words.ts';

/** The object of a flag; `{}` when it was not given. Throws AppError `usage` for what is none. */
export async function jsonArg(
  text: string | undefined,
  { flag, cwd }: { flag: string; cwd: string },
): Promise<object> {
  if (text === undefined) return {};
  const source = text.startsWith('@') ? await readFile(resolve(cwd, text.slice(1)), 'utf8') : text;
  const value = parse(source);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw usage(`${flag} is a JSON object such as '{"amount": "20.00"}', or @FILE with one.`);
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Told to whoever typed it as what is not an object.
    return undefined;
  }
}

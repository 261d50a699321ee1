/** Joins class names. It exists so that conditional classes read as a list. */

/** The names that are strings, joined by spaces; everything else is left out. */
export function cx(...names: readonly (string | false | null | undefined)[]): string {
  return names.filter(Boolean).join(' ');
}

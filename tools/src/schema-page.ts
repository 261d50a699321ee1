/** A JSON Schema as a file, laid out as the formatter of this repository would leave it. */

export const WORKFLOW_SCHEMA_PAGE = 'docs/reference/workflow.schema.json';

/** The longest line, as in `biome.json`. */
const LINE_CHARS_MAX = 110;

/** The text of a schema: objects take lines of their own, lists one line if they fit and hold no object. */
export function renderSchema(schema: unknown): string {
  return `${render(schema, { indent: '', before: 0 })}\n`;
}

/** `before` is how many characters stand before the value in its line, and after it in a list or an object: a comma. */
function render(value: unknown, { indent, before }: { indent: string; before: number }): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const isFlat = value.every((item) => typeof item !== 'object' || item === null || isEmpty(item));
    const line = `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
    if (isFlat && before + line.length < LINE_CHARS_MAX) return line;
    const items = value.map((item) => `${inner}${render(item, { indent: inner, before: inner.length })}`);
    return `[\n${items.join(',\n')}\n${indent}]`;
  }
  if (isEmpty(value)) return '{}';
  const members = Object.entries(value).map(([name, member]) => {
    const start = `${inner}${JSON.stringify(name)}: `;
    return `${start}${render(member, { indent: inner, before: start.length })}`;
  });
  return `{\n${members.join(',\n')}\n${indent}}`;
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}

/** Configuration files as Holdfast writes them: every option with its meaning, those that are not set as comments. */
import type { Option, OptionTable } from '@holdfast/runtime';
import { renderValue, type TomlValue } from './edit-toml.ts';

/** The text of a file for `table`, with `values` by dotted key set. Ends with a line break. */
export function renderConfig(
  table: OptionTable,
  { title, values }: { title: string; values: Readonly<Record<string, TomlValue>> },
): string {
  const bySection = Map.groupBy(Object.values(table), ({ key }) => key.split('.').slice(0, -1).join('.'));
  const sections = [...bySection].sort(([a], [b]) => Number(a !== '') - Number(b !== ''));
  const blocks = sections.map(([name, options]) =>
    [
      ...(name === '' ? [] : [`[${name}]`]),
      ...options.map((option) => renderOption(option, values[option.key])),
    ].join('\n'),
  );
  return `# ${title}\n# Flags and environment variables stand before what is written here.\n\n${blocks.join('\n\n')}\n`;
}

function renderOption(option: Option, value: TomlValue | undefined): string {
  const name = option.key.split('.').at(-1);
  const meaning = `# ${option.describe}`;
  if (value !== undefined) return `${meaning}\n${name} = ${renderValue(value)}`;
  const fallback = isTomlValue(option.default) ? renderValue(option.default) : '""';
  return `${meaning}\n# ${name} = ${fallback}`;
}

function isTomlValue(value: unknown): value is TomlValue {
  return (
    ['string', 'number', 'boolean'].includes(typeof value) ||
    (Array.isArray(value) && value.every((member) => typeof member === 'string'))
  );
}

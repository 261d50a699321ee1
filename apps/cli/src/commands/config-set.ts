/** `holdfast config set`. */
import { loadOptions, type Option } from '@holdfast/runtime';
import { usage } from '../check-words.ts';
import { defineCommand } from '../command.ts';
import { readOrEmpty, writeConfig } from '../config/config-file.ts';
import { CONFIG_ARGS, type ConfigTarget, configTarget, optionOf } from '../config/config-target.ts';
import { setTomlValue, type TomlValue } from '../config/edit-toml.ts';
import { renderConfig } from '../config/render-config.ts';

/** Flags that stand for an option: their names are those of the intake API's documentation. */
const SHORTHANDS = { 'location-id': 'store.id', 'api-key': 'hub.claim_token' } as const;

export const configSet = defineCommand({
  name: 'config set',
  summary: 'Sets options in the configuration file; everything else in it stays as it is.',
  details:
    'The value is checked before the file is written. A running edge reads its file at its next start.',
  examples: [
    ['holdfast config set --location-id STHLM-001', 'the store (store.id)'],
    [
      'holdfast config set --api-key claim_…',
      'a claim token; the edge enrols itself with it (hub.claim_token)',
    ],
    ['holdfast config set hub.url https://hub.example.com', 'any option by its name'],
  ],
  args: {
    key: { type: 'positional', required: false, description: 'Dotted name, such as hub.url' },
    value: { type: 'positional', required: false, description: 'Its value; lists are split at commas' },
    'location-id': { type: 'string', description: 'The store (store.id)', valueHint: 'ID' },
    'api-key': {
      type: 'string',
      description: 'A claim token of the hub (hub.claim_token)',
      valueHint: 'TOKEN',
    },
    ...CONFIG_ARGS,
  },
  async run(args, shell) {
    const target = configTarget(args, shell);
    const changes = changesOf(args);
    let text = await readOrEmpty(target.path);
    if (text === '') text = renderConfig(target.options, { title: target.title, values: {} });
    for (const { key, value } of changes) {
      const option = optionOf(target, key);
      text = setTomlValue(text, key, checkedValue(option, value));
    }
    loadOptions(target.options, { file: { path: target.path, text }, env: {}, flags: {} });
    await writeConfig(target.path, text);
    const keys = changes.map(({ key }) => key);
    return { text: `Set ${keys.join(', ')} in ${target.path}.`, json: { file: target.path, set: keys } };
  },
});

function changesOf(args: Readonly<Record<string, unknown>>): { key: string; value: string }[] {
  const { key, value } = args;
  if (typeof key === 'string' && typeof value !== 'string') throw usage(`The value for '${key}' is missing.`);
  const changes = typeof key === 'string' && typeof value === 'string' ? [{ key, value }] : [];
  for (const [flag, option] of Object.entries(SHORTHANDS)) {
    const given = args[flag];
    if (typeof given === 'string') changes.push({ key: option, value: given });
  }
  if (changes.length === 0) throw usage('Say what to set: holdfast config set KEY VALUE');
  return changes;
}

/** A text as a value for its option, as the environment would give it. Throws AppError `config_invalid`. */
function checkedValue(option: Option, text: string): TomlValue {
  const table: ConfigTarget['options'] = { option };
  const { option: value } = loadOptions(table, { env: {}, flags: { [option.flag]: text } });
  return value as TomlValue; // every option of an edge or a hub is a text, a number, a yes or no, or a list of texts
}

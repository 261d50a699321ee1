/** `holdfast config get`. */
import { defineCommand } from '../command.ts';
import { readOrEmpty } from '../config/config-file.ts';
import { CONFIG_ARGS, configTarget, optionOf } from '../config/config-target.ts';
import { getTomlValue } from '../config/edit-toml.ts';
import { EXIT } from '../exit-codes.ts';

export const configGet = defineCommand({
  name: 'config get',
  summary: 'Shows what the configuration file says for one option; the default where it says nothing.',
  examples: [
    ['holdfast config get store.id', 'the store'],
    ['holdfast config get http.port --hub', 'the port of the hub'],
  ],
  args: {
    key: { type: 'positional', required: true, description: 'Dotted name, such as hub.url' },
    ...CONFIG_ARGS,
  },
  async run(args, shell) {
    const target = configTarget(args, shell);
    const option = optionOf(target, args.key);
    const value = getTomlValue(await readOrEmpty(target.path), option.key) ?? option.default;
    return {
      text: value === undefined ? 'not set' : Array.isArray(value) ? value.join(',') : String(value),
      json: { key: option.key, value: value ?? null },
      exitCode: value === undefined ? EXIT.failed : EXIT.ok,
    };
  },
});

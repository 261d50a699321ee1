/** `holdfast config list`. */
import { defineCommand } from '../command.ts';
import { readOrEmpty } from '../config/config-file.ts';
import { CONFIG_ARGS, configTarget } from '../config/config-target.ts';
import { getTomlValue, renderValue, type TomlValue } from '../config/edit-toml.ts';
import { table } from '../text.ts';

const SECRET = '(secret)';

export const configList = defineCommand({
  name: 'config list',
  summary:
    'Shows every option: what the configuration file says, or else the default. Secrets are not shown.',
  examples: [
    ['holdfast config list', 'the options of the edge'],
    ['holdfast config list --hub --json', 'those of the hub, for a script'],
  ],
  args: CONFIG_ARGS,
  async run(args, shell) {
    const target = configTarget(args, shell);
    const text = await readOrEmpty(target.path);
    const options = Object.values(target.options).map((option) => {
      const set = getTomlValue(text, option.key);
      const value = set ?? option.default ?? null;
      return {
        key: option.key,
        value: option.secret === true && set !== undefined ? SECRET : value,
        source: set === undefined ? 'default' : 'file',
        env: option.env,
        describe: option.describe,
      };
    });
    const rows = options.map(({ key, value, source, env }) => [
      key,
      value === null ? '' : renderValue(value as TomlValue), // read from TOML, or a default that can stand in it
      source,
      env,
    ]);
    return {
      text: `${target.path}\n\n${table(['Option', 'Value', 'From', 'Environment'], rows)}`,
      json: { file: target.path, options },
    };
  },
});

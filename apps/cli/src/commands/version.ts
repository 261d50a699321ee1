/** `holdfast version`. */
import { SOFTWARE_VERSION } from '@holdfast/edge';
import { defineCommand } from '../command.ts';

export const version = defineCommand({
  name: 'version',
  summary: 'Shows the version of Holdfast.',
  examples: [['holdfast version', 'the version, one line']],
  args: {},
  run: async () => ({ text: `holdfast ${SOFTWARE_VERSION}`, json: { version: SOFTWARE_VERSION } }),
});

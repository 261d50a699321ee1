/** The page of options: made from the tables of the edge and the hub. */
import { describeOptions, type OptionTable } from '@holdfast/runtime';

export const OPTIONS_PAGE = 'docs/reference/options.md';

/** The page as Markdown. */
export function renderOptions(tables: { edge: OptionTable; hub: OptionTable }): string {
  return `# Options

Made from \`packages/edge/src/config/options.ts\` and \`packages/hub/src/config/options.ts\` by
\`npm run docs:generate\`; a test compares them.

An option is taken from the first of these that sets it: the flag, the environment variable, the key in the
configuration file (TOML), the default. Unknown keys and contradictions are refused before anything is started.

## Edge

${describeOptions(tables.edge)}
## Hub

${describeOptions(tables.hub)}`;
}

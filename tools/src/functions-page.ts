/** The page of functions that steps of workflows may name, and of the sets of fields that an edge has names for. */
import type { Field, Fields, FunctionSpec } from '@holdfast/workflow';

export const FUNCTIONS_PAGE = 'docs/reference/workflow-functions.md';

/** What an edge offers to definitions: its functions, and its models by name. */
export type Offered = { functions: Iterable<FunctionSpec>; models: ReadonlyMap<string, Fields> };

const EFFECT_MEANS: Readonly<Record<FunctionSpec['effect'], string>> = {
  pure: 'reckons, and changes nothing',
  local: 'reads or writes the store, in the commit that moves the workflow',
  external: 'reaches beyond the store: a device, the acquirer, the log',
};

/** The page as Markdown; functions by name. */
export function renderFunctions({ functions, models }: Offered): string {
  const sorted = [...functions].sort((a, b) => (a.name < b.name ? -1 : 1));
  return `# Functions of workflows

Made from \`packages/edge/src/workflow/functions\` by \`npm run docs:generate\`; a test compares them.

What a STANDARD step, \`compensate\` or \`task_function\` may name; [Workflows](../workflows.md) says how. A function takes
fields of the state by the names below, or what the step gives under \`input\`. A \`?\` marks what may be absent. A failure
is a code for \`retry_on\` and \`give_up_on\`; those of every step are [there](../workflows.md#failures).

${Object.entries(EFFECT_MEANS)
  .map(([effect, meaning]) => `- *${effect}*: ${meaning}`)
  .join('\n')}

${sorted.map(functionText).join('\n\n')}

## Models

What \`initial_state_model\` and \`input_model\` may name. A definition that has neither \`state\` nor a model has the fields
of \`PaymentState\`.

${[...models].map(([name, fields]) => `### ${name}\n\n${fieldsText(fields)}`).join('\n\n')}
`;
}

function functionText({ name, summary, effect, input, output, failures, canQuery }: FunctionSpec): string {
  const asked = canQuery === true ? '; can be asked what became of a call' : '';
  const codes = failures.map((code) => `\`${code}\``).join(', ');
  return `## ${name}

${summary} *${effect}*${asked}

- takes ${fieldsText(input)}
- gives ${fieldsText(output)}
- fails with ${codes === '' ? 'nothing of its own' : codes}`;
}

function fieldsText(fields: Fields): string {
  const texts = Object.entries(fields).map(([name, field]) => `\`${fieldText(name, field)}\``);
  return texts.length === 0 ? 'nothing' : texts.join(', ');
}

/** As a definition would declare it. */
function fieldText(name: string, field: Field): string {
  return `${name}: ${typeText(field)}${field.optional === true ? '?' : ''}`;
}

function typeText(field: Field): string {
  if (field.type === 'list') return `list of ${typeText(field.of)}`;
  if (field.type !== 'record') return field.type;
  const members = Object.entries(field.fields).map(([name, member]) => fieldText(name, member));
  return `{ ${members.join(', ')} }`;
}

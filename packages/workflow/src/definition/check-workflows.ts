/** Checks what steps name outside of functions and other steps: workflows, keys of the state, addresses. */
import { everyStep } from './blocks.ts';
import type { DefinitionHost } from './host.ts';
import type { Definition, HttpStep } from './model.ts';
import type { Places } from './places.ts';
import type { Problems } from './problems.ts';

type Checking = { problems: Problems; places: Places; host: DefinitionHost };

/** An address begins with its scheme, or with an expression that gives it. */
const ADDRESS = /^(https?:\/\/[^\s/]|\{\{)/;
/** The name of a header (RFC 9110, 5.1). */
const HEADER = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;

/** Headers that say where a request goes and where it ends (RFC 9110, 7.2 and 7.6.1): another host would be asked by them. */
const OURS: ReadonlySet<string> = new Set([
  ...[
    'connection',
    'content-length',
    'expect',
    'host',
    'keep-alive',
    'proxy-authorization',
    'proxy-connection',
  ],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade'],
]);

/** Reports workflows that cannot be started, and requests that cannot be sent. */
export function checkWorkflows(definition: Definition, checking: Checking): void {
  const { problems, places, host } = checking;
  for (const { step } of everyStep(definition.steps)) {
    if (step.type === 'HTTP') checkRequest(step, checking);
    if (!('workflow_type' in step) || step.workflow_type === '') continue;
    const known = host.workflowTypes;
    if (
      known === undefined ||
      known.has(step.workflow_type) ||
      step.workflow_type === definition.workflow_type
    )
      continue;
    const hint = problems.hint(step.workflow_type, known);
    const message = `There is no workflow "${step.workflow_type}": load it first.${hint}`;
    problems.error(places.at(step, 'workflow_type'), 'unknown_workflow', message);
  }
}

function checkRequest(step: HttpStep, { problems, places }: Checking): void {
  if (step.url !== '' && !ADDRESS.test(step.url)) {
    problems.error(places.at(step, 'url'), 'wrong_address', 'An address begins with http:// or https://.');
  }
  for (const [name, value] of Object.entries(step.headers)) {
    const isOurs = OURS.has(name.toLowerCase());
    if (!isOurs && HEADER.test(name) && !/[\r\n]/.test(value)) continue;
    problems.error(
      places.at(step.headers, name),
      'wrong_header',
      isOurs
        ? `"${name}" belongs to the connection, and is set by it: leave it out.`
        : `"${name}" cannot be a header: it has forbidden characters.`,
    );
  }
}

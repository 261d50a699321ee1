/** Reads a document as a definition: defaults filled in, other spellings replaced, places remembered. */
import type { Fields } from '../types.ts';
import { everyStep } from './blocks.ts';
import { typeOf } from './check-shape.ts';
import { readFields } from './fields.ts';
import type { DefinitionHost } from './host.ts';
import type { Definition } from './model.ts';
import { booleanOf, itemsOf, type MapNode, mapOf, textOf, type YamlNode } from './node.ts';
import { readSteps } from './read-steps.ts';
import { durationOf, pickText, type Reading } from './reading.ts';
import { stateOf } from './state.ts';

/** The definition of a document. Where the document was refused already, it is as near as can be. */
export function readDefinition(root: MapNode, reading: Reading, host: DefinitionHost): Definition {
  const declared = readState(root, reading, host);
  const always = Object.keys(declared).filter((name) => declared[name]?.optional !== true);
  const steps = readSteps(itemsOf(root, 'steps'), { ...reading, always });
  const state = stateOf(declared, steps, reading);
  checkNeeds(itemsOf(root, 'steps'), { state, host, reading });
  const definition: Definition = {
    v: 1,
    workflow_type: textOf(root, 'workflow_type')?.text ?? '',
    workflow_version: textOf(root, 'workflow_version')?.text ?? null,
    description: textOf(root, 'description')?.text ?? null,
    state,
    deadline_ms: durationOf(root, ['deadline'], reading) ?? null,
    saga:
      booleanOf(root, 'saga_enabled') ?? [...everyStep(steps)].some(({ step }) => step.compensate !== null),
    steps,
  };
  reading.places.mark(definition, '', root);
  for (const key of ['steps', 'deadline', 'saga_enabled']) {
    const value = root.entries.get(key)?.value;
    if (value !== undefined) reading.places.mark(definition, key, value);
  }
  return definition;
}

/** The fields it is started with: those it declares, those of the model it names, or those of the host. */
function readState(root: MapNode, reading: Reading, { models, defaultModel }: DefinitionHost): Fields {
  const named = pickText(root, ['initial_state_model', 'initial_state_model_path'], reading);
  const declared = mapOf(root, 'state');
  const model = named === undefined ? undefined : modelOf(named.text, models);
  if (named !== undefined && model === undefined) {
    const message = `There is no set of fields called "${named.text}".`;
    if (declared === undefined) {
      const hint = reading.problems.hint(lastPart(named.text), models.keys());
      reading.problems.error(named.node.at, 'unknown_model', `${message} Write them under "state".${hint}`);
    } else {
      reading.problems.warn(named.node.at, 'unknown_model', `${message} Those under "state" are used.`);
    }
  }
  if (declared !== undefined) return { ...model, ...readFields(declared) };
  return model ?? defaultModel;
}

/** By its whole name, or by the last part of a dotted path. */
function modelOf(name: string, models: DefinitionHost['models']): Fields | undefined {
  return models.get(name) ?? models.get(lastPart(name));
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** Compares `required_input` and `input_model` of every entry with the state. */
function checkNeeds(
  nodes: readonly YamlNode[],
  of: { state: Fields; host: DefinitionHost; reading: Reading },
): void {
  const { problems } = of.reading;
  for (const node of nodes) {
    if (node.kind !== 'map' || typeOf(node) === undefined) continue;
    for (const item of itemsOf(node, 'required_input')) {
      const name = item.kind === 'scalar' ? String(item.value) : '';
      if (!Object.hasOwn(of.state, name)) missing(item.at, { name, ...of });
    }
    const named = textOf(node, 'input_model');
    const model = named === undefined ? undefined : modelOf(named.text, of.host.models);
    if (named !== undefined && model === undefined) {
      const message = `There is no set of fields called "${named.text}": nothing is checked.`;
      problems.warn(named.node.at, 'unknown_model', message);
    }
    for (const [name, field] of Object.entries(model ?? {})) {
      if (field.optional !== true && !Object.hasOwn(of.state, name))
        missing(named?.node.at ?? node.at, { name, ...of });
    }
    for (const key of ['branches', 'loop_body', 'steps']) checkNeeds(itemsOf(node, key), of);
  }
}

function missing(at: number, of: { name: string; state: Fields; reading: Reading }): void {
  const hint = of.reading.problems.hint(of.name, Object.keys(of.state));
  of.reading.problems.error(
    at,
    'unknown_field',
    `The state has no field "${of.name}": add it under "state".${hint}`,
  );
}

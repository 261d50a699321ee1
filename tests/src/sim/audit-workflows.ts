/**
 * Audits the workflows of a world that has come to rest, against a model of its own: what was ordered is there once, all
 * of it has ended as an undisturbed one would, and each effect was asked for under the one key that is its name.
 *
 * A disk that was put back, or is in two machines, may lack what was ordered since, and a start that is repeated there
 * is another instance. Each instance keeps its keys in any case, and what has ended is done.
 */
import type { Booked, HubFindings } from './audit-hub.ts';
import type { Stage } from './disasters.ts';
import type { EdgeNode } from './edge-node.ts';
import { minorOf, sameText } from './own-reckoning.ts';
import { instancesOf, type KnownStart } from './workflow-book.ts';
import { type Effect, type Expected, expectedOf, type HeldInstance } from './workflow-model.ts';

type Judged = { instance: HeldInstance; expected: Expected };
type Wrong = (what: string) => void;

/** Everything that is not as it must be, a sentence each. */
export function auditWorkflows(stage: Stage, hub: Pick<HubFindings, 'booked'>): string[] {
  const { fleet, workflows, outside } = stage;
  if (stage.world.plan.workflows === 0) return [];
  const problems = [...outside.problems];
  const held = new Map(fleet.all.map((edge) => [edge, instancesOf(edge)]));
  const judge = (instance: HeldInstance): Judged => ({ instance, expected: expectedOf(instance) });
  const everywhere = [...held.values()].flat();
  for (const [edge, instances] of held) {
    const wrong = (what: string) => problems.push(`${edge.name}: ${what}`);
    for (const judged of instances.map(judge)) auditEnd(judged, { stage, edge, wrong });
    auditDevices(edge, [...instances, ...workflows.gone].map(judge), wrong);
    auditKeys(instances, wrong);
  }
  for (const start of workflows.all) auditStart(start, { stage, held, wrong: (what) => problems.push(what) });
  const known = [...everywhere, ...workflows.gone].map(judge);
  auditOutside(stage, known, (what) => problems.push(what));
  auditSales({ stage, known, held, booked: hub.booked }, (what) => problems.push(what));
  return problems;
}

/** It has ended as it would have without any fault, and what it asked for outside was done. */
function auditEnd(
  { instance, expected }: Judged,
  { stage, edge, wrong }: { stage: Stage; edge: EdgeNode; wrong: Wrong },
): void {
  const { type, id, status, state } = instance;
  const name = `${type} ${id} (${state.customer_reference ?? 'by the clock'})`;
  if (status !== expected.status) wrong(`${name} is ${status}, not ${expected.status}`);
  if (status === 'compensated') stage.world.observer.saw('workflow: compensated');
  if (type === 'Round') stage.world.observer.saw('workflow: started by the clock');
  for (const [field, value] of Object.entries(expected.state))
    if (sameText(state[field]) !== sameText(value))
      wrong(`${name} has ${field} ${sameText(state[field])}, not ${sameText(value)}`);
  for (const { key, where, what } of expected.effects) {
    const isDone =
      where === 'outside'
        ? stage.outside.done.has(key)
        : where === 'sale' ||
          stage.workflows.hasMoved(edge) ||
          edge.devices.deeds.some((deed) => deed.key === key);
    if (!isDone) wrong(`${name} has ended, and ${what} was not done`);
  }
}

/** What was done at a machine was asked for, once, in the order of the steps, and is undone the last first. */
function auditDevices(edge: EdgeNode, judged: readonly Judged[], wrong: Wrong): void {
  const named = new Map<string, { effect: Effect; of: string; at: number }>();
  for (const { instance, expected } of judged)
    for (const [at, effect] of expected.effects.entries())
      named.set(effect.key, { effect, of: instance.id, at });
  const last = new Map<string, number>();
  const seen = new Set<string>();
  for (const { key, where } of edge.devices.deeds) {
    const found = named.get(key);
    if (found === undefined || found.effect.where !== where) {
      wrong(`${where} ${key} belongs to no workflow`);
      continue;
    }
    if (seen.has(key)) wrong(`${where} ${key} was done twice`);
    seen.add(key);
    if (found.at < (last.get(found.of) ?? 0)) wrong(`${found.effect.what} of ${found.of} came too late`);
    last.set(found.of, found.at);
  }
}

function auditKeys(instances: readonly HeldInstance[], wrong: Wrong): void {
  const keyed = instances.filter(({ businessKey }) => businessKey !== null);
  for (const [name, same] of Map.groupBy(keyed, ({ type, businessKey }) => `${type} ${businessKey}`))
    if (same.length > 1) wrong(`${name} is there ${same.length} times`);
}

function auditStart(
  start: KnownStart,
  { stage, held, wrong }: { stage: Stage; held: ReadonlyMap<EdgeNode, HeldInstance[]>; wrong: Wrong },
): void {
  const { reference, type, edge, told, unsure } = start;
  if (stage.workflows.hasMoved(edge)) return;
  const found = (held.get(edge) ?? []).filter((each) => each.type === type && each.businessKey === reference);
  const [instance] = found;
  if (told.size > 1) wrong(`${reference} was told to be ${[...told].join(' and ')}`);
  for (const id of told)
    if (instance?.id !== id) wrong(`${reference} was told to be ${id}, which is not there`);
  if (instance !== undefined && told.size === 0 && unsure === 0)
    wrong(`${reference} was refused each time and is there`);
}

/** Whatever was done outside is what some instance asks for under that key, in its own version. */
function auditOutside({ outside }: Stage, known: readonly Judged[], wrong: Wrong): void {
  const named = new Map<string, string>();
  for (const { instance, expected } of known)
    for (const { key, where, what } of expected.effects) {
      const reference = instance.state.customer_reference;
      if (where === 'outside')
        named.set(key, sameText({ reference, operation: what, version: instance.version }));
    }
  for (const [key, { asked }] of outside.done) {
    const expected = named.get(key);
    if (expected === undefined)
      wrong(`outside, ${sameText(asked)} was done, which no workflow has asked for`);
    else if (expected !== sameText(asked)) wrong(`outside, ${sameText(asked)} was done as ${expected}`);
  }
}

type Sales = {
  stage: Stage;
  known: readonly Judged[];
  held: ReadonlyMap<EdgeNode, HeldInstance[]>;
  booked: readonly Booked[];
};

/** Each errand sells once, for its amount; a hub that was put back may have lost what nobody else had. */
function auditSales({ stage, known, held, booked }: Sales, wrong: Wrong): void {
  const { workflows, world } = stage;
  const sales = new Map<string, { reference: string; amount: string }>();
  for (const { instance, expected } of known)
    for (const { key, where, what } of expected.effects)
      if (where === 'sale')
        sales.set(key, { reference: instance.state.customer_reference ?? '', amount: what });
  const seen = new Set<string>();
  for (const { opId, reference, amountMinor, currency } of booked) {
    if (workflows.find(reference) === undefined) continue;
    const sale = sales.get(opId);
    if (sale?.reference !== reference) wrong(`the ledger has ${reference} (${opId}), which no workflow sold`);
    else if (minorOf(sale.amount, 'SEK') !== amountMinor || currency !== 'SEK')
      wrong(`${reference} is in the ledger with another amount`);
    if (seen.has(opId)) wrong(`${reference} (${opId}) is in the ledger twice`);
    seen.add(opId);
  }
  if (world.plan.rates.restore_hub > 0) return;
  for (const [edge, instances] of held) {
    if (workflows.hasMoved(edge)) continue;
    for (const instance of instances)
      for (const { key, where } of expectedOf(instance).effects)
        if (where === 'sale' && !seen.has(key))
          wrong(`${instance.state.customer_reference} was sold and is not in the ledger`);
  }
}

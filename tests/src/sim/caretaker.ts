/**
 * The person who looks after the workflows of a world: loads definitions where they are missing, replaces them at
 * drawn moments, answers what asks for an answer, and has calls tried again of which nobody knows what became of them.
 */
import type { EdgeNode } from './edge-node.ts';
import { PLAIN_TYPES, textOf, WORKFLOW_TYPES, type WorkflowType } from './workflow-texts.ts';
import type { World } from './world.ts';

const EVERY_MS = 9_000;
/** Part of the rounds in which a definition is replaced. */
const REPLACES = 0.4;
/** Errands are open for longest. */
const REPLACED = ['Errand', 'Errand', 'Withdrawal', 'Message'] as const;
const SEEN_MAX = 100;

export class Caretaker {
  readonly #world: World;
  readonly #random;
  #version = 1;

  constructor(world: World) {
    this.#world = world;
    this.#random = world.randomFor('caretaker');
  }

  /** Goes round until the faults stop; then it is for {@link lookAfter} to be called. */
  keepGoing(edges: readonly EdgeNode[]): void {
    const { scheduler } = this.#world;
    scheduler.after(EVERY_MS * (0.5 + this.#random.unit()), { kind: 'goes round', node: 'caretaker' }, () => {
      if (!this.#world.isFaulty()) return;
      if (this.#random.chance(REPLACES)) this.#replaceOne(edges);
      this.lookAfter(edges);
      this.keepGoing(edges);
    });
  }

  lookAfter(edges: readonly EdgeNode[]): void {
    for (const edge of edges) if (edge.isUp) this.#lookAt(edge);
  }

  #lookAt(edge: EdgeNode): void {
    const { workflows } = edge.composition.context;
    const current = new Set(
      workflows.definitions().flatMap(({ workflow_type, is_current }) => (is_current ? workflow_type : [])),
    );
    const missing = WORKFLOW_TYPES.filter((type) => !current.has(type));
    const plain = missing.filter((type) => PLAIN_TYPES.has(type));
    for (const type of plain.length > 0 ? plain : missing) this.#load(edge, type, '1');
    const { instances } = workflows.list({ statuses: ['waiting', 'parked'] }, { limit: SEEN_MAX });
    for (const { instance_id, status, step } of instances) {
      const path = `/edge/workflows/${instance_id}`;
      if (status === 'parked') void edge.ask('POST', `${path}/redrive`, { body: '{"reason":"Seen to"}' });
      else if (step === 'Ask') void edge.ask('POST', `${path}/signals/ask`, { body: '{"agreed":true}' });
    }
  }

  #replaceOne(edges: readonly EdgeNode[]): void {
    const edge = this.#random.pick(edges);
    const type = this.#random.pick(REPLACED);
    this.#version += 1;
    if (!edge.isUp) return;
    const before = edge.composition.context.workflows
      .definitions()
      .find(({ workflow_type, is_current }) => workflow_type === type && is_current);
    if (before === undefined) return;
    if (before.open_instances > 0) this.#world.observer.saw('workflow: definition replaced under it');
    this.#load(edge, type, String(this.#version));
  }

  #load(edge: EdgeNode, type: WorkflowType, version: string): void {
    const asked = edge.ask('PUT', `/edge/workflow-definitions/${type}`, {
      body: textOf(type, version),
      headers: { 'content-type': 'application/yaml' },
    });
    void asked.then((answer) => {
      const { trace, scheduler } = this.#world;
      trace.note(scheduler.nowMs, `${edge.name} was given ${type} ${version}: ${answer.status}`);
    });
  }
}

/** Notes what a start after a death finds under way. */
export function noteWoken(
  world: World,
  { composition, nowMs }: { composition: EdgeNode['composition']; nowMs: number },
): void {
  const found = composition.context.db
    .prepare('SELECT status, step, wake_ms FROM workflow_instance WHERE ended_ms IS NULL')
    .all() as { status: string; step: string; wake_ms: number | null }[]; // The columns asked for.
  for (const { status, step, wake_ms } of found) {
    if (status === 'running' || status === 'compensating')
      world.observer.saw('workflow: resumed after a death');
    if (step === 'Pause' && wake_ms !== null && wake_ms <= nowMs)
      world.observer.saw('workflow: timer due while the edge was dead');
  }
}

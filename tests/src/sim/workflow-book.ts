/**
 * What was ordered of the workflows of a world, and what was told of it. A store that is put back takes instances along
 * that it has begun since, and those were at work: what they were is kept here.
 */
import type { EdgeNode } from './edge-node.ts';
import { type Query, withStore } from './store-reader.ts';
import { type HeldInstance, hyphened } from './workflow-model.ts';

/** A start that somebody wants. */
export type KnownStart = {
  /** The business key, and the reference that its calls and its sale carry. */
  reference: string;
  type: 'Errand' | 'Withdrawal';
  body: string;
  edge: EdgeNode;
  /** Ids that a clerk was told. */
  told: Set<string>;
  /** Requests that ended without anybody being told whether it was begun. */
  unsure: number;
};

export class WorkflowBook {
  readonly #starts = new Map<string, KnownStart>();
  /** Instances that stores held before a disk was put back. */
  readonly gone: HeldInstance[] = [];
  /** Machines whose disks were put back to an older moment, or are in two machines. */
  readonly #moved = new Set<EdgeNode>();

  get all(): Iterable<KnownStart> {
    return this.#starts.values();
  }

  add(start: Pick<KnownStart, 'reference' | 'type' | 'body' | 'edge'>): KnownStart {
    const known: KnownStart = { ...start, told: new Set(), unsure: 0 };
    this.#starts.set(start.reference, known);
    return known;
  }

  find(reference: string): KnownStart | undefined {
    return this.#starts.get(reference);
  }

  /** As if nobody had ever wanted it. For the test that such a thing is seen. */
  forget(reference: string): void {
    this.#starts.delete(reference);
  }

  /** The disk of an edge is about to be put back, or has been copied into another machine. */
  noteMoved(edge: EdgeNode): void {
    this.#moved.add(edge);
    this.gone.push(...instancesOf(edge));
  }

  hasMoved(edge: EdgeNode): boolean {
    return this.#moved.has(edge);
  }
}

type Row = Pick<HeldInstance, 'type' | 'status' | 'version'> & {
  id: string;
  business_key: string | null;
  body: string;
};

const INSTANCES = `
  SELECT lower(hex(i.instance_id)) AS id, i.workflow_type AS type, i.business_key, i.status, i.body, d.version
  FROM workflow_instance i JOIN workflow_definition d ON d.hash = i.definition_hash ORDER BY i.instance_no`;

/** The instances in the store of an edge, as they are now. */
export function instancesOf(edge: EdgeNode): HeldInstance[] {
  return withStore(edge.options, (query: Query) => query<Row>(INSTANCES)).map(
    ({ id, business_key: businessKey, body, ...row }) => {
      const { state }: Pick<HeldInstance, 'state'> = JSON.parse(body);
      return { ...row, id: hyphened(id), businessKey, state };
    },
  );
}

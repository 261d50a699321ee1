/** Instances in memory with transactions, for tests: what is not committed was never there. */
import { must } from '@holdfast/base';
import type { Program } from '../definition/program.ts';
import type { ScheduleOrder, StepRecord } from './events.ts';
import type { InstanceStore } from './handle.ts';
import { ENDED, type Instance } from './instance.ts';
import { isCalling, wakeMs } from './status.ts';

export class MemoryRows {
  readonly rows = new Map<string, string>();
  readonly records: StepRecord[] = [];
  readonly schedules: ScheduleOrder[] = [];
  readonly #inputs = new Map<string, string>();
  readonly #keys = new Map<string, string>();
  readonly #programs: readonly Program[];

  constructor(programs: readonly Program[]) {
    this.#programs = programs;
  }

  /** A store within a transaction, which `commit` makes true. */
  begin(): { store: InstanceStore; commit: () => void } {
    const writes: (() => void)[] = [];
    const fresh = new Map<string, string>();
    const put = (instance: Instance) => {
      const text = JSON.stringify(instance);
      fresh.set(instance.instance_id, text);
      writes.push(() => this.rows.set(instance.instance_id, text));
    };
    const started = (instance_id = '') => {
      const input_hash = this.#inputs.get(instance_id);
      return input_hash === undefined ? undefined : { instance_id, input_hash };
    };
    const store: InstanceStore = {
      load: (id) => parse(fresh.get(id) ?? this.rows.get(id)),
      findById: started,
      findByKey: (type, key) => started(this.#keys.get(`${type}/${key}`)),
      insert: (instance, inputHash) => {
        put(instance);
        const { instance_id, workflow_type, business_key } = instance;
        writes.push(() => {
          this.#inputs.set(instance_id, inputHash);
          if (business_key !== null) this.#keys.set(`${workflow_type}/${business_key}`, instance_id);
        });
      },
      save: put,
      append: (_, records) => writes.push(() => this.records.push(...records)),
      putSchedule: (order) => writes.push(() => this.schedules.push(order)),
      program: (hash) =>
        must(
          this.#programs.find((program) => program.hash === hash),
          'it is loaded',
        ),
      current: (type) => this.#programs.find(({ definition }) => definition.workflow_type === type),
    };
    const commit = () => {
      for (const write of writes) write();
    };
    return { store, commit };
  }

  /** As if it had ended so long ago that it is not kept any more. */
  forget(instanceId: string): void {
    this.rows.delete(instanceId);
    this.#inputs.delete(instanceId);
  }

  get(instanceId: string): Instance {
    return must(parse(this.rows.get(instanceId)), 'it was started');
  }

  due(nowMs: number): string[] {
    return this.#all().flatMap((each) => {
      const wake = wakeMs(each);
      return wake !== null && wake <= nowMs ? [each.instance_id] : [];
    });
  }

  nextWakeMs(): number | null {
    const wakes = this.#all().flatMap((each) => wakeMs(each) ?? []);
    return wakes.length === 0 ? null : Math.min(...wakes);
  }

  underWay(after: string, limit: number): string[] {
    return this.#all()
      .filter((each) => !ENDED.has(each.status) && each.instance_id > after)
      .filter((each) => isCalling(each) || each.status === 'running' || each.status === 'compensating')
      .map(({ instance_id }) => instance_id)
      .sort()
      .slice(0, limit);
  }

  #all(): Instance[] {
    return [...this.rows.keys()].map((id) => this.get(id));
  }
}

function parse(text: string | undefined): Instance | undefined {
  return text === undefined ? undefined : JSON.parse(text);
}

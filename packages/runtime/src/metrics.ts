/**
 * Metrics in the Prometheus text format (0.0.4). Small on purpose: an edge has no memory to spare, and every series
 * here is known by name. Labels come from the program, never from requests, so that their number is bounded.
 */
import { assert } from '@holdfast/base';
import { addProcessMetrics } from './process-metrics.ts';

export type Labels = Readonly<Record<string, string>>;

/** One value of a metric that is read when it is asked for. */
export type Sample = { labels?: Labels; value: number };

/** Reads the present value, or one for each set of labels. */
export type Collect = () => number | readonly Sample[];

export type Counter = { inc(labels?: Labels, by?: number): void };
export type Gauge = { set(value: number, labels?: Labels): void };
export type Histogram = { observe(value: number): void };

export type Metrics = {
  /** A value that only grows; the name ends in `_total`. Each increment gives all of `labelNames`. */
  counter(name: string, help: string, labelNames?: readonly string[], collect?: Collect): Counter;
  /** A value that goes up and down; `collect` is asked at every `text()` and replaces what was set. */
  gauge(name: string, help: string, collect?: Collect): Gauge;
  /** Counts of observations up to each bound; `buckets` rise and do not include infinity. */
  histogram(name: string, help: string, buckets: readonly number[]): Histogram;
  /** The exposition: content type {@link METRICS_CONTENT_TYPE}. */
  text(): string;
};

export const METRICS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

const METRIC_NAME = /^[a-z][a-z0-9_]*$/;
const LABEL_NAME = /^[a-z][a-z0-9_]*$/;

/** A set of metrics; those of the process itself are in it unless `process` is false. */
export function createMetrics(options: { process?: boolean } = {}): Metrics {
  const families = new Map<string, () => string>();
  const add = (name: string, family: () => string) => {
    assert(METRIC_NAME.test(name), `'${name}' is no metric name`);
    assert(!families.has(name), `the metric ${name} exists already`);
    families.set(name, family);
  };
  const metrics: Metrics = {
    counter(name, help, labelNames = [], collect) {
      assert(name.endsWith('_total'), `the counter ${name} does not end in _total`);
      for (const label of labelNames) assert(LABEL_NAME.test(label), `'${label}' is no label name`);
      const series = new Series(labelNames);
      // A counter without labels starts at zero, so that a rate can be taken from the first scrape.
      if (labelNames.length === 0) series.set(0, {});
      add(name, () => family({ name, help, type: 'counter' }, series, collect));
      return {
        inc(labels = {}, by = 1) {
          assert(by >= 0, `the counter ${name} cannot go back`);
          series.set(series.get(labels) + by, labels);
        },
      };
    },
    gauge(name, help, collect) {
      const series = new Series();
      add(name, () => family({ name, help, type: 'gauge' }, series, collect));
      return { set: (value, labels = {}) => series.set(value, labels) };
    },
    histogram(name, help, buckets) {
      const { observe, lines } = createHistogram(name, buckets);
      add(name, () => `${header({ name, help, type: 'histogram' })}${lines()}`);
      return { observe };
    },
    text: () => [...families.values()].map((render) => render()).join(''),
  };
  if (options.process ?? true) addProcessMetrics(metrics);
  return metrics;
}

type Head = { name: string; help: string; type: 'counter' | 'gauge' | 'histogram' };

/** The values of one metric by their labels. */
class Series {
  readonly #names: readonly string[] | undefined;
  readonly #values = new Map<string, number>();

  constructor(names?: readonly string[]) {
    this.#names = names;
  }

  get(labels: Labels): number {
    return this.#values.get(this.#key(labels)) ?? 0;
  }

  set(value: number, labels: Labels): void {
    this.#values.set(this.#key(labels), value);
  }

  entries(): Iterable<[string, number]> {
    return this.#values;
  }

  #key(labels: Labels): string {
    const given = Object.keys(labels);
    const fits =
      this.#names === undefined ||
      (given.length === this.#names.length && this.#names.every((name) => name in labels));
    assert(fits, `labels ${given.join(', ')} are not ${this.#names?.join(', ')}`);
    return renderLabels(labels);
  }
}

function family(head: Head, series: Series, collect: Collect | undefined): string {
  const collected = collect?.();
  const samples: Iterable<[string, number]> =
    collected === undefined
      ? series.entries()
      : typeof collected === 'number'
        ? [['', collected]]
        : collected.map(({ labels, value }) => [renderLabels(labels ?? {}), value]);
  return `${header(head)}${[...samples].map(([labels, value]) => `${head.name}${labels} ${number(value)}\n`).join('')}`;
}

function createHistogram(name: string, buckets: readonly number[]): Histogram & { lines(): string } {
  assert(buckets.length > 0, `the histogram ${name} has no buckets`);
  assert(
    buckets.every(
      (bound, index) => Number.isFinite(bound) && (index === 0 || bound > (buckets[index - 1] ?? 0)),
    ),
    `the buckets of ${name} do not rise`,
  );
  const counts = new Array<number>(buckets.length + 1).fill(0);
  let sum = 0;
  return {
    observe(value) {
      const found = buckets.findIndex((bound) => value <= bound);
      const index = found === -1 ? buckets.length : found;
      counts[index] = (counts[index] ?? 0) + 1;
      sum += value;
    },
    lines() {
      let total = 0;
      const rows = counts.map((count, index) => {
        total += count;
        return `${name}_bucket{le="${number(buckets[index] ?? Number.POSITIVE_INFINITY)}"} ${total}\n`;
      });
      return `${rows.join('')}${name}_sum ${number(sum)}\n${name}_count ${total}\n`;
    },
  };
}

function header({ name, help, type }: Head): string {
  const shown = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return `# HELP ${name} ${shown}\n# TYPE ${name} ${type}\n`;
}

function renderLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => {
    assert(LABEL_NAME.test(name), `'${name}' is no label name`);
    const shown = value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
    return `${name}="${shown}"`;
  });
  return pairs.length === 0 ? '' : `{${pairs.sort().join(',')}}`;
}

function number(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return String(value);
}

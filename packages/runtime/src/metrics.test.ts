import { expect, test } from 'vitest';
import { createMetrics } from './metrics.ts';

test('counters, gauges and histograms have the text format', () => {
  const metrics = createMetrics({ process: false });
  const sales = metrics.counter('sales_total', 'Sales\ntaken.', ['kind']);
  sales.inc({ kind: 'a"b\\c\n' });
  sales.inc({ kind: 'a"b\\c\n' }, 2);
  metrics.counter('errors_total', 'Errors.');
  metrics.gauge('queue', 'Waiting.', () => [{ labels: { lane: 'x' }, value: 1.5 }]);
  metrics.gauge('set', 'Set.').set(7);
  const latency = metrics.histogram('latency_seconds', 'Latency.', [0.1, 1]);
  for (const value of [0.05, 0.1, 0.5, 3]) latency.observe(value);
  expect(metrics.text()).toBe(`# HELP sales_total Sales\\ntaken.
# TYPE sales_total counter
sales_total{kind="a\\"b\\\\c\\n"} 3
# HELP errors_total Errors.
# TYPE errors_total counter
errors_total 0
# HELP queue Waiting.
# TYPE queue gauge
queue{lane="x"} 1.5
# HELP set Set.
# TYPE set gauge
set 7
# HELP latency_seconds Latency.
# TYPE latency_seconds histogram
latency_seconds_bucket{le="0.1"} 2
latency_seconds_bucket{le="1"} 3
latency_seconds_bucket{le="+Inf"} 4
latency_seconds_sum 3.65
latency_seconds_count 4
`);
});

test('names and labels are held to the format', () => {
  const metrics = createMetrics({ process: false });
  expect(() => metrics.counter('sales', 'S.')).toThrow(/_total/);
  expect(() => metrics.gauge('a-b', 'S.')).toThrow(/no metric name/);
  expect(() => metrics.histogram('h', 'S.', [2, 1])).toThrow(/do not rise/);
  expect(() => metrics.counter('a_total', 'S.', ['kind']).inc()).toThrow(/labels/);
  metrics.gauge('twice', 'S.');
  expect(() => metrics.gauge('twice', 'S.')).toThrow(/exists/);
});

test('the process shows itself', () => {
  const text = createMetrics().text();
  expect(text).toMatch(/^process_resident_memory_bytes \d{7,}$/m);
  expect(text).toMatch(/^process_cpu_seconds_total \d/m);
  expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds \d/m);
  expect(text).toMatch(/^process_start_time_seconds \d{10}/m);
});

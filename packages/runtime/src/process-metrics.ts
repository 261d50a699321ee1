/** Metrics of the process itself, under the names Prometheus clients share. */
import { readdirSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Metrics } from './metrics.ts';

const RESOLUTION_MS = 20;

/** Adds memory, CPU, descriptors (Linux), event loop delay and start time to `metrics`. */
export function addProcessMetrics(metrics: Metrics): void {
  const startSeconds = performance.timeOrigin / 1000;
  metrics.gauge('process_resident_memory_bytes', 'Resident memory.', () => process.memoryUsage.rss());
  metrics.counter('process_cpu_seconds_total', 'User and system time.', [], () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  if (process.platform === 'linux') {
    metrics.gauge('process_open_fds', 'Open file descriptors.', () => readdirSync('/proc/self/fd').length);
  }
  metrics.gauge('process_start_time_seconds', 'Start, in Unix seconds.', () => startSeconds);
  addLoopDelay(metrics);
}

/**
 * The delay since the last scrape; the monitor's own sampling interval is part of what it measures. It samples from the
 * first scrape on, which is answered with 0: who is never scraped is not woken fifty times a second.
 */
function addLoopDelay(metrics: Metrics): void {
  let delay: ReturnType<typeof monitorEventLoopDelay> | undefined;
  metrics.gauge(
    'nodejs_eventloop_lag_p99_seconds',
    'Event loop delay, 99th percentile since the last scrape.',
    () => {
      const p99Ns = delay === undefined || delay.count === 0 ? 0 : delay.percentile(99);
      if (delay === undefined) {
        delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
        delay.enable();
      }
      delay.reset();
      return Math.max(0, p99Ns / 1e9 - RESOLUTION_MS / 1e3);
    },
  );
}

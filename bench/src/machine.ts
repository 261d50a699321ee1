/** What a benchmark has run on, as its results say it. */
import { cpus, release, totalmem } from 'node:os';
import { round } from './numbers.ts';

/** Processors, memory and kernel. */
export function machineNow(): string {
  const processors = cpus();
  const gigabytes = round(totalmem() / 1024 ** 3, 0);
  return `${processors.length} × ${processors[0]?.model.trim()}, ${gigabytes} GB, Linux ${release()}`;
}

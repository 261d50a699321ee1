import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { cpuSecondsOf, parseStat, treeOf } from './process-tree.ts';

describe('parseStat', () => {
  it('reads past a name with brackets and spaces', () => {
    const line = '4711 (a) b (c) S 42 4711 4711 0 -1 4194304 100 200 0 0 7 5 3 2 20 0 11 0 9999 1 2';
    expect(parseStat(line)).toEqual({ pid: 4711, parent: 42, cpuTicks: 17 });
  });
});

describe('treeOf', () => {
  it('finds the children of a child, and what they have used', async () => {
    const busy = 'for (let i = 0; i < 3e8; i++); console.log("done"); setInterval(() => {}, 1000)';
    const child = spawn('sh', ['-c', `"${process.execPath}" -e '${busy}'; true`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    const tree = await treeOf(child.pid ?? 0);
    expect(tree.map(({ parent }) => parent)).toEqual([process.pid, child.pid]);
    expect(await cpuSecondsOf(child.pid ?? 0)).toBeGreaterThan(0);
    for (const { pid } of tree) process.kill(pid, 'SIGKILL');
    await once(child, 'close');
    expect(await treeOf(child.pid ?? 0)).toEqual([]);
  });
});

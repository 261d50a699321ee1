import { describe, expect, it } from 'vitest';
import { runWindow } from './window.ts';

describe('runWindow', () => {
  it('has each client wait for one workflow before it starts the next', async () => {
    let underWay = 0;
    let most = 0;
    let run = 0;
    const { latenciesMs } = await runWindow({ clients: 3, durationMs: 20 }, async () => {
      run += 1;
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
    });
    expect(most).toBe(3);
    expect(latenciesMs).toHaveLength(run);
  });

  it('ends with the first workflow that does not complete', async () => {
    const failing = runWindow({ clients: 2, durationMs: 10 }, () => Promise.reject(new Error('it failed')));
    await expect(failing).rejects.toThrow('it failed');
  });
});

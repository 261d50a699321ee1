import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemPorts } from '@holdfast/base';
import { createInference } from '@holdfast/plugins';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../tree.ts';
import {
  FRAUD_SCORE,
  type FraudScore,
  fraudScoreFiles,
  MODELS_FOLDER,
  plainScore,
  trainFraudScore,
} from './fraud-score.ts';
import { syntheticSales } from './synthetic-sales.ts';

/** Not the one that the model has seen. */
const HELD_OUT_SEED = 7;
const inference = createInference({ folder: join(ROOT, MODELS_FOLDER), ports: systemPorts });
let trained: FraudScore;

beforeAll(() => {
  trained = trainFraudScore();
});
afterAll(() => inference.close());

describe('the model', () => {
  it('is the same, byte for byte, when it is trained again', () => {
    for (const [path, contents] of fraudScoreFiles(trained)) {
      const kept = readFileSync(join(ROOT, path));
      expect(kept.equals(Buffer.from(contents)), `${path}: npm run train:models`).toBe(true);
    }
  });

  it('tells fraud from other sales that it has not seen', () => {
    const sales = syntheticSales(4_000, HELD_OUT_SEED);
    const scored = sales.map(({ features, isFraud }) => ({ isFraud, score: plainScore(trained, features) }));
    expect(sales.filter(({ isFraud }) => isFraud).length).toBeGreaterThan(100);
    expect(areaUnderCurve(scored)).toBeGreaterThan(0.9);
    // Whoever guesses is right half of the time.
    const guessed = scored.map(({ isFraud }, index) => ({ isFraud, score: (index * 7_919) % 4_000 }));
    expect(Math.abs(areaUnderCurve(guessed) - 0.5)).toBeLessThan(0.05);
  });

  it('answers in the runtime what plain arithmetic gives', async () => {
    for (const { features } of syntheticSales(300, HELD_OUT_SEED)) {
      const result = await inference.run({
        ...{ model: FRAUD_SCORE, input: features, preprocess: 'normalize', postprocess: 'none' },
        ...{ threshold: null, timeoutMs: 30_000 },
      });
      if (result.kind !== 'ok') throw new Error(result.message);
      expect(Math.abs(result.output.score - plainScore(trained, features))).toBeLessThan(1e-5);
    }
  });
});

/** How often a fraud has a higher score than another sale (Mann and Whitney); equal scores count half. */
function areaUnderCurve(scored: readonly { isFraud: boolean; score: number }[]): number {
  const frauds = scored.filter(({ isFraud }) => isFraud);
  const others = scored.filter(({ isFraud }) => !isFraud);
  const wins = frauds.flatMap((fraud) =>
    others.map(({ score }) => (fraud.score > score ? 1 : fraud.score === score ? 0.5 : 0)),
  );
  return wins.reduce((sum: number, win) => sum + win, 0) / wins.length;
}

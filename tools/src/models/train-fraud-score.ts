/** Trains the model `fraud-score` and writes its files (`npm run train:models`). */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../tree.ts';
import { fraudScoreFiles, MODELS_FOLDER, trainFraudScore } from './fraud-score.ts';

mkdirSync(join(ROOT, MODELS_FOLDER), { recursive: true });
for (const [path, contents] of fraudScoreFiles(trainFraudScore())) {
  writeFileSync(join(ROOT, path), contents);
  console.log(path);
}

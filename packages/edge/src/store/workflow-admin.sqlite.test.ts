import Database from 'better-sqlite3-multiple-ciphers';
import { expect, test } from 'vitest';
import { sql } from './migrations/006-workflows.ts';
import { pruneEndedWorkflows, WORKFLOW_PRUNE_LINES } from './workflow-admin.ts';

test('a long timeline goes piece by piece, and its workflow with the last of it', () => {
  const db = new Database(':memory:');
  db.exec(sql);
  const lines = 2.5 * WORKFLOW_PRUNE_LINES;
  const instance = db.prepare(
    `INSERT INTO workflow_instance (instance_id, workflow_type, definition_hash, input_hash, status, step, created_ms,
       updated_ms, ended_ms, revision, body) VALUES (?, 'W', x'00', x'00', 'completed', 'END', 0, ?, ?, 1, '{}')`,
  );
  const record = db.prepare("INSERT INTO workflow_record (instance_no, record_no, body) VALUES (?, ?, '[]')");
  for (const no of [1, 2, 3]) {
    instance.run(Buffer.from([no]), no, no);
    for (let at = 0; at < (no === 2 ? lines : 1); at += 1) record.run(no, at);
  }
  const went = [1, 2, 3, 4].map(() => pruneEndedWorkflows(db, 100));
  expect(went.map((each) => each.lines)).toEqual([2_000, 2_000, 1_002, 0]);
  expect(went.map(({ pruned }) => pruned)).toEqual([1, 0, 2, 0]);
  db.close();
});

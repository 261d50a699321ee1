/** The statements of the hot path, prepared once a connection. */
import type { Statement } from 'better-sqlite3-multiple-ciphers';
import { prepareCardPaymentStatements } from '../store/card-payments.ts';
import type { Db } from '../store/open.ts';
import { prepareWorkflowStatements, type WorkflowStatements } from '../store/workflows.ts';

export type Statements = {
  begin: Statement;
  commit: Statement;
  rollback: Statement;
  savepoint: Statement;
  release: Statement;
  rollbackTo: Statement;
  /** The same for a part of a command. */
  savepointPart: Statement;
  releasePart: Statement;
  rollbackToPart: Statement;
  insertEntry: Statement;
  insertSeal: Statement;
  moveTip: Statement;
  findSale: Statement;
  insertSale: Statement;
  noteCardPayment: Statement;
  forgetCardPayments: Statement;
  workflow: WorkflowStatements;
};

export function prepareStatements(db: Db): Statements {
  return {
    begin: db.prepare('BEGIN IMMEDIATE'),
    commit: db.prepare('COMMIT'),
    rollback: db.prepare('ROLLBACK'),
    savepoint: db.prepare('SAVEPOINT command'),
    release: db.prepare('RELEASE command'),
    rollbackTo: db.prepare('ROLLBACK TO command'),
    savepointPart: db.prepare('SAVEPOINT part'),
    releasePart: db.prepare('RELEASE part'),
    rollbackToPart: db.prepare('ROLLBACK TO part'),
    insertEntry: db.prepare('INSERT INTO entry (entry_id, header, body, hash) VALUES (?, ?, ?, ?)'),
    insertSeal: db.prepare('INSERT INTO seal (entry_id, statement, signature) VALUES (?, ?, ?)'),
    moveTip: db.prepare('UPDATE stream SET tip_seq = ?, tip_hash = ? WHERE stream_no = ?'),
    findSale: db
      .prepare(
        'SELECT id, request_hash, amount_minor, change_minor, currency, receipt_code FROM edge_transactions WHERE op_id = ?',
      )
      .safeIntegers(),
    insertSale: db.prepare(
      'INSERT INTO edge_transactions (id, op_id, request_hash, store_id, cashier_id, customer_reference, amount_minor, change_minor, currency, receipt_code, flags, terminal_id, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    ...prepareCardPaymentStatements(db),
    workflow: prepareWorkflowStatements(db),
  };
}

/** The part of PouchDB that the comparison uses, and how a process gets it with its files in a folder. */
import { requirePeer } from './install.ts';

export type Document = { _id: string };

/** A replication; it also is a promise of its result. */
export type Replication = Promise<{ ok: boolean; doc_write_failures: number }> & {
  on(event: 'paused', listener: (error?: unknown) => void): Replication;
  on(event: 'error', listener: (error: unknown) => void): Replication;
  cancel(): void;
};

export type ReplicationOptions = { batch_size: number; live?: boolean; retry?: boolean };

export type PouchDatabase = {
  put(document: Document): Promise<unknown>;
  close(): Promise<void>;
  allDocs(options: { include_docs: true; conflicts: true }): Promise<{
    rows: { id: string; doc: { _conflicts?: string[] } }[];
  }>;
  replicate: { to(url: string, options: ReplicationOptions): Replication };
};

/** The constructor, as its `defaults` give it. */
export type Pouch = {
  new (name: string): PouchDatabase;
  defaults(options: { prefix: string }): Pouch;
};

/** PouchDB with LevelDB files in `folder`, its default in Node. */
export function pouchIn(folder: string): Pouch {
  const pouch = requirePeer('drain', 'pouchdb') as Pouch; // A package of another folder has no types here.
  return pouch.defaults({ prefix: `${folder}/` });
}

/** The faults of a disk that a campaign draws from: which call, on which file of the data folder, with which answer. */
import { join } from 'node:path';
import type { Seeded } from '../support/seeded.ts';
import type { Failure, IoFault } from './strace.ts';

type Kind = {
  syscall: string;
  failures: readonly Failure[];
  files: readonly string[];
  /** Calls on these files in a start and the sales after it, roughly: the n-th that fails is drawn from 1 to this. */
  calls: number;
  /** False where a fault that stays would keep the program waiting for ever, as EINTR does. */
  mayPersist: boolean;
};

const DATABASE = 'edge.db';
const WAL = 'edge.db-wal';
const SHM = 'edge.db-shm';

/** These builds of SQLite call fsync, never fdatasync; a fault of another call would test nothing. */
export const KINDS: readonly Kind[] = [
  kind('fsync', ['EIO', 'ENOSPC'], [DATABASE, WAL], 120),
  kind('fsync', ['EIO'], [DATABASE], 6),
  kind('pwrite64', ['EIO', 'ENOSPC', 0], [DATABASE, WAL], 900),
  kind('pwrite64', ['EIO', 'ENOSPC', 0], [DATABASE], 150),
  kind('pwrite64', ['EIO', 'ENOSPC'], ['sentinel'], 80),
  kind('pwrite64', ['EIO', 'ENOSPC'], [SHM], 8),
  { ...kind('pwrite64', ['EINTR'], [DATABASE, WAL, 'sentinel'], 500), mayPersist: false },
  kind('pread64', ['EIO'], [DATABASE, WAL], 250),
  kind('openat', ['EIO', 'EMFILE', 'EACCES'], [DATABASE, WAL, SHM], 12),
  kind('openat', ['EIO', 'EACCES', 'ENOSPC'], ['sentinel', 'reserve', 'api-token', 'process.lock'], 6),
  kind('ftruncate', ['EIO', 'ENOSPC'], [DATABASE, SHM], 4),
  kind('unlink', ['EIO', 'EACCES', 'EROFS'], [WAL, SHM, 'reserve'], 3),
  kind('rename', ['EIO', 'ENOSPC'], ['process.pid'], 1),
];

/** The faults of a first start, which makes key, store, token and reserve. */
export const BIRTH_KINDS: readonly Kind[] = [
  kind('fsync', ['EIO', 'ENOSPC'], [DATABASE, WAL, 'edge.db-journal', ''], 16),
  kind('pwrite64', ['EIO', 'ENOSPC', 0], [DATABASE, WAL, 'edge.db-journal'], 60),
  kind(
    'openat',
    ['EIO', 'EACCES', 'ENOSPC'],
    [DATABASE, WAL, SHM, 'sentinel', 'store.key', 'reserve', ''],
    20,
  ),
  kind('rename', ['EIO', 'ENOSPC'], ['store.key', 'api-token', 'process.pid'], 3),
  kind('unlink', ['EIO', 'EROFS'], ['edge.db-journal', WAL, SHM], 4),
  kind('write', ['EIO', 'ENOSPC'], ['reserve'], 2),
];

function kind(syscall: string, failures: readonly Failure[], files: readonly string[], calls: number): Kind {
  return { syscall, failures, files, calls, mayPersist: true };
}

/** The fault of a point: the kinds in turn, the rest by chance; of the n, small ones are as likely as large ones. */
export function drawFault(at: {
  kinds: readonly Kind[];
  point: number;
  folder: string;
  random: Seeded;
}): IoFault {
  const { random, kinds } = at;
  const drawn = kinds[at.point % kinds.length] ?? random.pick(kinds);
  return {
    syscall: drawn.syscall,
    failure: random.pick(drawn.failures),
    nth: Math.ceil(drawn.calls ** random.unit()),
    persists: drawn.mayPersist && random.chance(0.4),
    paths: drawn.files.map((file) => join(at.folder, file)),
  };
}

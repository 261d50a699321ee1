/**
 * A file system of its own, in an image file, that can lose its power: FS_IOC_GOINGDOWN without a flush of the log
 * forgets everything that was not forced to the disk, as a cut of the mains does. It is mounted through a loop device
 * that the kernel frees with the last mount. Needs root.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AppError, systemTimers } from '@holdfast/base';

export const FILE_SYSTEMS = ['ext4', 'xfs'] as const;
export type FileSystem = (typeof FILE_SYSTEMS)[number];

export type PowerDisk = {
  /** Where it is mounted. */
  readonly path: string;
  /**
   * From here on every access fails, and what was not forced to the disk is gone. Resolves once that is so. `begins` is
   * called right before: from then on an fsync that was under way may claim a success that it did not have, which no
   * real cut would let anybody hear.
   */
  cut(begins: () => void): Promise<void>;
  /** Needs every user of the disk gone. Does nothing when it is not mounted. */
  unmount(): Promise<void>;
  /** After a cut: replays the file system's own log and checks it. Throws when it is damaged. Leaves it mounted. */
  recover(): Promise<void>;
};

const run = promisify(execFile);

/** `_IOR('X', 125, __u32)`, and the flag for "do not flush the log". */
const FS_IOC_GOINGDOWN = '0x8004587d';
const NO_LOG_FLUSH = 2;
// Node has no ioctl; perl-base is part of every Debian. It waits for a line, so that the cut comes when it is told to.
const CUT = `open(my $dir, "<", $ARGV[0]) or die "$!"; my $flag = pack("L", ${NO_LOG_FLUSH}); $| = 1; print "ready"; <STDIN>; ioctl($dir, ${FS_IOC_GOINGDOWN}, $flag) or die "$!";`;

const MAKE: Record<FileSystem, readonly [string, ...string[]]> = {
  ext4: ['mkfs.ext4', '-q', '-m', '0', '-J', 'size=8', '-E', 'lazy_itable_init=0,lazy_journal_init=0'],
  xfs: ['mkfs.xfs', '-q'],
};
const CHECK: Record<FileSystem, readonly [string, ...string[]]> = {
  ext4: ['fsck.ext4', '-f', '-n'],
  xfs: ['xfs_repair', '-n'],
};
const UNMOUNT_TRIES = 50;
const UNMOUNT_PAUSE_MS = 20;

/** Makes an empty file system in `folder` and mounts it. `bytes` is its size; the image is sparse. */
export async function createPowerDisk(at: {
  folder: string;
  name: string;
  fileSystem: FileSystem;
  bytes: number;
}): Promise<PowerDisk> {
  const image = join(at.folder, `${at.name}.img`);
  const path = join(at.folder, at.name);
  mkdirSync(path);
  writeFileSync(image, '');
  truncateSync(image, at.bytes);
  const [make, ...makeArgs] = MAKE[at.fileSystem];
  await run(make, [...makeArgs, image]).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? new AppError('usage', `${make} is not installed.`) : error;
  });
  const [check, ...checkArgs] = CHECK[at.fileSystem];
  let isMounted = false;
  const mount = async () => {
    await run('mount', ['-o', 'loop', '-t', at.fileSystem, image, path]);
    isMounted = true;
  };
  const unmount = async () => {
    if (isMounted) await unmountWhenFree(path);
    isMounted = false;
  };
  await mount();
  return {
    path,
    unmount,
    cut: (begins) => cutPower(path, begins),
    async recover() {
      await unmount();
      await mount(); // Replays the log.
      await unmount();
      await run(check, [...checkArgs, image]);
      await mount();
    },
  };
}

async function cutPower(path: string, begins: () => void): Promise<void> {
  const perl = spawn('perl', ['-e', CUT, path], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(perl, 'exit');
  await Promise.race([once(perl.stdout, 'data'), ended]);
  begins();
  perl.stdin.end('\n');
  const [code] = await ended;
  if (code !== 0) throw new Error(`the power could not be cut: perl ended with ${String(code)}`);
}

/** The kernel lets go of a killed process's files a moment after the process is gone. */
async function unmountWhenFree(path: string): Promise<void> {
  for (let left = UNMOUNT_TRIES; ; left -= 1) {
    try {
      await run('umount', [path]);
      return;
    } catch (error) {
      if (left === 0 || !String(error).includes('busy')) throw error;
      await systemTimers.sleep(UNMOUNT_PAUSE_MS);
    }
  }
}

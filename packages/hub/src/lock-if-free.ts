/** A tool beside a hub takes the lock of the data folder where it is free; where it is not, the hub runs. */
import { isAppError, type Ports } from '@holdfast/base';
import { type FolderLock, lockFolder } from '@holdfast/runtime';

/** The lock of `folder`, which is not waited for; undefined while another process holds it. */
export async function lockIfFree(folder: string, ports: Ports): Promise<FolderLock | undefined> {
  try {
    return await lockFolder(folder, { waitMs: 0, ports });
  } catch (error) {
    if (isAppError(error, 'data_folder_in_use')) return undefined;
    throw error;
  }
}

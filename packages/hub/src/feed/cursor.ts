/**
 * Cursors of the feed: the generation of the hub, and of every scope the version read so far with the hash of the write it
 * lies in, as base64url JSON with a MAC. The MAC binds the device, so that a cursor is worth nothing to another one. Whatever does not hold is no
 * fault of the request: the reader starts again with a snapshot.
 */
import { fromBase64Url, hmacSha256, sameBytes, toBase64Url } from '@holdfast/crypto';
import { z } from 'zod';

/** Separates this use of the MAC key from every other. */
const CONTEXT = 'holdfast-feed-cursor-v1\n';

const Content = z.object({
  generation: z.string(),
  versions: z.record(z.string(), z.number().int().min(0)),
  /** Hashes of the writes that the versions lie in, hexadecimal; none at version 0. */
  hashes: z.record(z.string(), z.string()),
});

/** What a cursor says. */
export type FeedPosition = z.infer<typeof Content>;

type Sealing = { macKey: Uint8Array; deviceId: string };

/** The text of a cursor. */
export function sealCursor(position: FeedPosition, { macKey, deviceId }: Sealing): string {
  const content = Buffer.from(JSON.stringify(position));
  return `${toBase64Url(content)}.${toBase64Url(macOf(content, { macKey, deviceId }))}`;
}

/** What a cursor says, or undefined when it is not one that {@link sealCursor} made for this device. */
export function openCursor(text: string, sealing: Sealing): FeedPosition | undefined {
  const [contentText, macText, ...rest] = text.split('.');
  if (contentText === undefined || macText === undefined || rest.length > 0) return undefined;
  const content = fromBase64Url(contentText);
  const mac = fromBase64Url(macText);
  if (content === undefined || mac === undefined) return undefined;
  if (!sameBytes(mac, macOf(content, sealing))) return undefined;
  // Our own MAC vouches that it is JSON; its shape may be that of another version.
  return Content.safeParse(JSON.parse(content.toString('utf8'))).data;
}

function macOf(content: Uint8Array, { macKey, deviceId }: Sealing): Buffer {
  return hmacSha256(macKey, CONTEXT, `${deviceId}\n`, content);
}

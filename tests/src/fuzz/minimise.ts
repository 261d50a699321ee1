/** Makes an input smaller while it still shows a failure: ever smaller blocks are left out, then bytes become plain. */

/** `0`: the plainest byte, which a reader of a finding need not think about. */
const PLAIN = 0x30;

/**
 * A smaller input for which `fails` is true, as it is for `input`; at most `tries` calls. The order of the tries is
 * fixed, so the same input gives the same result.
 */
export async function minimise(
  input: Uint8Array,
  { fails, tries }: { fails: (candidate: Uint8Array) => boolean | Promise<boolean>; tries: number },
): Promise<Uint8Array> {
  let best = input;
  let left = tries;
  const accept = async (candidate: Uint8Array) => {
    left -= 1;
    if (!(await fails(candidate))) return false;
    best = candidate;
    return true;
  };
  for (let size = best.length; size >= 1 && left > 0; size = Math.floor(size / 2)) {
    for (let at = 0; at < best.length && left > 0; ) {
      if (!(await accept(without(best, at, size)))) at += size;
    }
  }
  for (let at = 0; at < best.length && left > 0; at += 1) {
    if (best[at] !== PLAIN) await accept(best.with(at, PLAIN));
  }
  return best;
}

function without(input: Uint8Array, at: number, length: number): Uint8Array {
  const shorter = new Uint8Array(input.length - Math.min(length, input.length - at));
  shorter.set(input.subarray(0, at));
  shorter.set(input.subarray(at + length), at);
  return shorter;
}

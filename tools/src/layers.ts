/**
 * The layers of the house. A package imports lower layers only: never sideways, never an app. npm and tsc enforce
 * neither, so `rules/layers.ts` does. A new package starts with a row here.
 */

/** Layer of each workspace package; a higher number may import every lower one. */
export const LAYERS: Readonly<Record<string, number>> = {
  // Assertions, error codes, ids, limits, ports.
  '@holdfast/base': 0,
  '@holdfast/money': 1,
  '@holdfast/crypto': 1,
  // The only place of wire shapes.
  '@holdfast/protocol': 2,
  // The language of workflows and its interpreter; storage and functions are ports.
  '@holdfast/workflow': 2,
  // Cards by the public standards, without devices or network.
  '@holdfast/cards': 2,
  '@holdfast/journal': 3,
  '@holdfast/commerce': 3,
  // Written apart from the rest of its layer: what checks must not share the code of what writes.
  '@holdfast/verify': 3,
  // What touches the outside: processes, the network, the screen.
  '@holdfast/runtime': 4,
  '@holdfast/client': 4,
  '@holdfast/ui': 4,
  '@holdfast/plugins': 4,
  '@holdfast/hardware': 4,
  // Composition: config, context, services, API.
  '@holdfast/edge': 5,
  '@holdfast/hub': 5,
  '@holdfast/cli': 6,
  '@holdfast/till': 6,
  '@holdfast/tests': 7,
  '@holdfast/bench': 7,
  '@holdfast/tools': 7,
};

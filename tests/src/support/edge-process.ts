/** An edge as a process that a campaign can kill. */
import { liveAsEdge } from './edge-life.ts';

await liveAsEdge();

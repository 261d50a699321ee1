/** What the hub process of a peer says of itself. */

/** `store` names what it keeps sales in, with its version. */
export type PeerHubReady = { port: number; store: string };

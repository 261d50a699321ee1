/** The version of this software, as its package says it. */
import manifest from '../../package.json' with { type: 'json' };

export const SOFTWARE_VERSION = manifest.version;

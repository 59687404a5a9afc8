/** The panel's way in: the loader imports this file and mounts it. */

import { dial } from '../client/ground';
import type { MountedPanel, MountOptions } from '../loader/contract';
import { stage } from './stage';

export const mount = (options: MountOptions): MountedPanel => {
  // The socket opens while the second file, which uses it, is on its way.
  const early = dial(options);
  return stage(options, async () => {
    const more = await import('./more');
    return { ...more, client: more.createBrowserChat(options, early) };
  });
};

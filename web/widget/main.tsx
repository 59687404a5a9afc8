/** The panel's way in: the loader imports this file and mounts it. */

import { createBrowserChat } from '../client/browser';
import type { MountedPanel, MountOptions } from '../loader/contract';
import { stage } from './stage';

export const mount = (options: MountOptions): MountedPanel => stage(createBrowserChat(options), options);

import { installedMajor } from '../installed.ts';
import type { Adapter } from './adapter.ts';
import { seven } from './seven.ts';
import { six } from './six/six.ts';

/** The adapter of the MikroORM that this engine finds beside itself. */
export const mikroOrm: Adapter = installedMajor() === 6 ? six : seven;

/** One package in a package-lock.json (version 3), by the folder where npm puts it. */
export interface Locked {
  version?: string;
  link?: boolean;
  dev?: boolean;
  devOptional?: boolean;
  optional?: boolean;
  peer?: boolean;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
}

export type Packages = Record<string, Locked>;

/**
 * The part of a lock-file that some packages need, each where it is: what is installed by it is, byte for byte, what the
 * tests have run with. Throws when the lock-file lacks something.
 */
export function prune(packages: Packages, names: readonly string[]): Packages {
  const kept: Packages = {};
  const keep = (name: string, from: string, optional = false): void => {
    const place = find(packages, name, from);
    if (!place) {
      if (optional) return;
      throw new Error(`package-lock.json has no ${name}, which ${from || 'the API'} needs: run npm install.`);
    }
    if (kept[place]) return;
    const { dev, devOptional, peer, ...locked } = packages[place]!;
    void [dev, devOptional, peer];
    kept[place] = locked;
    for (const each of Object.keys(locked.dependencies ?? {})) keep(each, place);
    for (const each of Object.keys(locked.optionalDependencies ?? {})) keep(each, place, true);
    for (const each of Object.keys(locked.peerDependencies ?? {}))
      if (!locked.peerDependenciesMeta?.[each]?.optional) keep(each, place);
  };
  for (const name of names) keep(name, '');
  return Object.fromEntries(Object.entries(kept).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Where Node finds a package from a folder: in the nearest node_modules, upwards. */
function find(packages: Packages, name: string, from: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const place = `${folder ? `${folder}/` : ''}node_modules/${name}`;
    if (packages[place] && !packages[place].link) return place;
    if (!folder) return undefined;
    if (!folder.includes('/node_modules/')) folder = '';
  }
}

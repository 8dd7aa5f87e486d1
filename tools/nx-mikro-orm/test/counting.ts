/** Values of which it is counted how often something is read: what a program costs, on every machine alike. */
export function counting<T extends object>(values: readonly T[]): { values: T[]; reads: () => number } {
  let reads = 0;
  const handler: ProxyHandler<T> = {
    get: (target, property) => {
      reads++;
      return Reflect.get(target, property) as unknown;
    },
  };
  return { values: values.map((value) => new Proxy(value, handler)), reads: () => reads };
}

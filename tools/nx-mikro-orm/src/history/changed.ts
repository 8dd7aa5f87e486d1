export const changes = (a: readonly string[], b: readonly string[]): string[] => JSON.stringify(a) === JSON.stringify(b) ? [] : [...a.map((l) => '- ' + l), ...b.map((l) => '+ ' + l)];

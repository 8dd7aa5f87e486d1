import { connectToRead, findTarget } from '../../postgres/connect/connect.ts';
import { reading } from '../../postgres/connect/own-path.ts';
import { inspectTable, inspectTables } from '../../catalogue/inspect.ts';
import { detailLines, tableLines } from '../../catalogue/lines.ts';
import { problem } from '../../errors.ts';
import { nearest } from '../../history/nearest.ts';
import { command } from './command.ts';

export default command({
  summary: 'List the tables of the database, or show one: columns, indexes, constraints, references',
  touches: 'database',
  changes: 'nothing',
  argument: { name: 'table', help: 'A table or view; without it, all are listed' },
  options: {},
  examples: ['inspect', 'inspect invite_code'],
  run: async ({ project, args }) => {
    const target = await findTarget(project);
    const client = await connectToRead(project, target);
    if (!client) return { json: { tables: [] }, lines: [`${target.shown} does not exist yet; \`up\` makes it.`] };
    try {
      const all = await reading(client, () => inspectTables(client));
      const [name] = args;
      if (name === undefined)
        return { json: { tables: all }, lines: all.length ? tableLines(all) : [`${target.shown} has no tables.`] };
      const found = await reading(client, () => inspectTable(client, name));
      if (!found)
        throw problem('unknown-table', {
          table: name,
          database: target.shown,
          nearest: nearest(
            name,
            all.map((item) => item.name),
          ),
        });
      return { json: found, lines: detailLines(found) };
    } finally {
      await client.end();
    }
  },
});

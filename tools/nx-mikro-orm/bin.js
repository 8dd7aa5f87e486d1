#!/usr/bin/env node
// JavaScript, because the first file cannot come from the compile cache: stripping types here would cost 30 ms.
import nodeModule from 'node:module';

/** The first release that runs TypeScript as it is, without a flag. */
const least = [22, 18];
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < least[0] || (major === least[0] && minor < least[1])) {
  process.stderr.write(
    `nx-mikro-orm needs Node ${least.join('.')} or newer, and this is ${process.versions.node}. Nothing was run.\n` +
      'Next:\n  npx node --version: the copy in node_modules, which `npx nx` and `npx nx-mikro-orm` use, if this workspace has one\n',
  );
  process.exitCode = 2;
} else {
  nodeModule.enableCompileCache();
  const { main } = await import('./src/cli/cli.ts');
  const code = await main(process.argv.slice(2));
  process.exitCode = code;
  // What a revision has left running keeps nobody waiting, nor does it decide how this ended.
  process.on('exit', () => {
    process.exitCode = code;
  });
  setTimeout(() => process.exit(), 1_000).unref();
}

#!/usr/bin/env node
// JavaScript, because the first file cannot come from the compile cache: stripping types here would cost 30 ms.
import { enableCompileCache } from 'node:module';

enableCompileCache();
const { main } = await import('./src/cli/cli.ts');
process.exitCode = await main(process.argv.slice(2));

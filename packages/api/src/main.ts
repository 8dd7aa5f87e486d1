import { buildApp } from './app.ts';
import { parseSettings } from './settings.ts';

/** Runs the service as the environment says. Ends with 0 after SIGTERM or SIGINT, with 1 when it cannot start. */
try {
  const settings = parseSettings(process.env);
  const app = await buildApp(settings);
  let begun = false;
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    // Nx may pass the same Ctrl-C on once more.
    if (begun) return;
    begun = true;
    app.log.info(`${signal}: stopping`);
    setTimeout(
      () => {
        app.log.error('some requests did not end: stopping without them');
        process.exit(1);
      },
      (settings.SHUTDOWN_DELAY + settings.SHUTDOWN_TIMEOUT) * 1000,
    ).unref();
    await app.stop(settings.SHUTDOWN_DELAY * 1000);
    process.exit(0);
  };
  process.on('SIGTERM', (signal) => void stop(signal));
  process.on('SIGINT', (signal) => void stop(signal));
  await app.listen({ host: settings.HOST, port: settings.PORT });
} catch (error) {
  // Without a stack: what failed before the service ran is for a person to read.
  process.stderr.write(`The API did not start: ${(error as Error).message}\n`);
  process.exit(1);
}

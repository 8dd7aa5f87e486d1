/** Where the data lives: `DATABASE_URL`, or in development the workspace's embedded PostgreSQL, started on demand. */
export async function databaseUrl(): Promise<string> {
  const configured = process.env['DATABASE_URL'];
  if (configured) return configured;
  const { embeddedUrl, loadProject } = await import('nx-mikro-orm');
  return embeddedUrl(await loadProject({ from: import.meta.dirname }));
}

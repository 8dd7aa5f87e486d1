/** Where the data lives: `DATABASE_URL`, or in development the workspace's embedded PostgreSQL, started on demand. */
export async function databaseUrl(): Promise<string> {
  const configured = process.env['DATABASE_URL'];
  if (configured) return configured;
  const { embeddedUrl, loadProject } = await import('nx-mikro-orm');
  const project = await loadProject({ from: import.meta.dirname });
  // Loading the project read the workspace's .env, which may name the database.
  return process.env['DATABASE_URL'] || embeddedUrl(project);
}

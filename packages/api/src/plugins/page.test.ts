import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { chromium } from 'playwright-core';
import { sql, token, withApp } from '../../test/standing.ts';

/** Debian's chromium, or what CHROMIUM names. */
const browser =
  process.env['CHROMIUM'] ??
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)))
    .find((file) => existsSync(file));

const skip = browser
  ? false
  : 'NOT RUN: there is no chromium on PATH. apt-get install chromium, or name one in CHROMIUM.';

test('the reference page opens in a browser, and a request is sent from it', { skip, timeout: 60_000 }, () =>
  withApp(async ({ app, beside }) => {
    const address = await app.listen({ port: 0, host: '127.0.0.1' });
    const opened = await chromium.launch({ executablePath: browser!, args: ['--no-sandbox'] });
    try {
      const page = await opened.newPage();
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (said) => said.type() === 'error' && complaints.push(said.text()));
      page.on('request', (request) => {
        if (!request.url().startsWith(address) && !/^(data|blob):/.test(request.url())) complaints.push(request.url());
      });
      await page.goto(`${address}/docs/`);
      await page.getByText('Create an invite code').waitFor();

      await page.getByRole('button', { name: 'Authorize' }).first().click();
      await page.getByLabel('auth-bearer-value').fill(token);
      await page.locator('.auth-btn-wrapper').getByRole('button', { name: 'Apply credentials' }).click();
      await page.locator('.auth-btn-wrapper').getByRole('button', { name: 'Close' }).click();

      const operation = page.locator('[id$=createInviteCode]');
      await operation.getByText('Create an invite code').click();
      await operation.getByRole('button', { name: 'Try it out' }).click();
      await operation.locator('textarea.body-param__text').fill('{"expiresAt": "2999-01-01T00:00:00Z"}');
      const answer = page.waitForResponse((response) => response.url() === `${address}/invite-codes`);
      await operation.getByRole('button', { name: 'Execute' }).click();
      assert.equal((await answer).status(), 201);
      await operation.locator('.live-responses-table .response-col_status', { hasText: '201' }).waitFor();

      const rows = await sql<{ year: number }>(
        beside,
        'select extract(year from expires_at)::int as year from invite_code',
      );
      assert.deepEqual(rows, [{ year: 2999 }]);
      assert.deepEqual(complaints, []);
      const picture = process.env['SCREENSHOT'];
      if (picture) await page.screenshot({ path: picture });
    } finally {
      await opened.close();
    }
  }),
);

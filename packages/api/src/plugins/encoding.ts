import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { Refusal } from '../problem.ts';

/** Takes text in UTF-8 and nothing else, so that what is stored and looked for is what was sent. A body is JSON (RFC 8259). */
export const encoding = fp((app, _, done) => {
  app.addHook('onRequest', ({ url }, _reply, next) => {
    if (!isDecodable(url)) throw new Refusal('malformed', 'The query is not UTF-8 in % escapes.');
    next();
  });
  app.removeAllContentTypeParsers();
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, next) => {
    let text: string;
    try {
      text = textOf(request, body);
    } catch (error) {
      return next(error as Error);
    }
    void parse(request, text, next);
  });
  done();
});

function textOf({ headers }: FastifyRequest, body: Buffer): string {
  const [, charset = 'utf-8'] = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(headers['content-type'] ?? '') ?? [];
  if (!/^utf-?8$/i.test(charset)) throw new Refusal('unsupported-media-type', 'JSON is sent in UTF-8.');
  if (!/^(identity)?$/i.test(headers['content-encoding'] ?? ''))
    throw new Refusal('unsupported-media-type', 'Send it without content-encoding.');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new Refusal('malformed', 'The body is not UTF-8.');
  }
}

function isDecodable(url: string): boolean {
  try {
    decodeURIComponent(url);
    return true;
  } catch {
    return false;
  }
}

import { Scan } from './tokens.ts';

/**
 * A statement without what does not change its meaning: comments, white space, line endings, empty statements, and the
 * letter case of what is not quoted. Two texts have the same normal form only when PostgreSQL reads the same tokens.
 *
 * What is quoted stays as it is, only its lines end with a line feed. From something that is opened and never closed on,
 * the text stays as it is. Linear in its length.
 */
export function normalSql(sql: string): string {
  let done = '';
  let tokens: string[] = [];
  let ended = false;
  const scan = new Scan(sql);
  for (let token = scan.next(); token !== undefined; token = scan.next()) {
    // A semicolon counts when statements stand on both sides of it.
    if (token === ';') {
      ended = done !== '' || tokens.length > 0;
      continue;
    }
    if (ended) tokens.push(';');
    ended = false;
    tokens.push(token);
    // Joined from time to time: millions of little texts would take ten times the room.
    if (tokens.length >= 50_000) {
      done += (done && ' ') + tokens.join(' ');
      tokens = [];
    }
  }
  return done + (done && tokens.length ? ' ' : '') + tokens.join(' ');
}

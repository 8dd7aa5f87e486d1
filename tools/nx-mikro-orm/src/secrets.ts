/** What must never be printed: report.ts takes every registered value out of every text. */
const registered = new Set<string>();

/** Remembers a password for the rest of this process. Call it wherever one is read. */
export function registerSecret(value: string | undefined): void {
  if (value) registered.add(value);
}

export const secrets = (): ReadonlySet<string> => registered;

const mask = '***';
const urlPassword = /(postgres(?:ql)?:\/\/[^\s:@/]*:)[^\s@/]+(?=@)/gi;

/**
 * Takes secrets out of a text by their value, raw and percent-encoded, and the password out of any PostgreSQL URL.
 * Values of one to three characters would blank half of every text: those go only where a password stands.
 */
export function redact(text: string, values: Iterable<string>): string {
  let clean = text;
  for (const value of [...values].sort((a, b) => b.length - a.length)) {
    for (const form of forms(value)) {
      clean =
        value.length > 3
          ? clean.replaceAll(form, mask)
          : clean.replaceAll(`:${form}@`, `:${mask}@`).replaceAll(`password=${form}`, `password=${mask}`);
    }
  }
  return clean.replace(urlPassword, `$1${mask}`);
}

function forms(value: string): Set<string> {
  const encoded = encodeURIComponent(value);
  const lower = encoded.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
  const strict = encoded.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  return new Set([value, encoded, lower, strict]);
}

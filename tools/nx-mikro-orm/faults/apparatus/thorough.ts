/** With FAULTS=all, the long versions of the long cases run too. */
export const thorough = process.env['FAULTS'] === 'all';

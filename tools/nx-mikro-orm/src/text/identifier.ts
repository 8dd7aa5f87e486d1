/** Whether JavaScript takes a text as the name of a class or variable, as the file says it: letters of any script count. */
export const isIdentifier = (text: string): boolean => /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(text);

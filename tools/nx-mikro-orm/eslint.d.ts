import type { Linter } from 'eslint';

/** A part of an ESLint configuration: a revision imports nothing that may change. `files` are patterns of the revisions. */
export declare const revisions: (files?: string[]) => Linter.Config;

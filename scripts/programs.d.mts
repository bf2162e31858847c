/** Where a program comes from, and what it tests. */
export interface Program {
  readonly from: "debian" | "tool" | "elsewhere" | "condition";
  readonly tests: string;
  /** Debian's. */
  readonly package?: string;
  readonly version?: string;
}

export const PROGRAMS: Readonly<Record<string, Program>>;
export const COMPLETE: string;

type Env = Readonly<Record<string, string | undefined>>;

export function toolsFolder(env?: Env): string;
export function toolFolder(name: string, env?: Env): string;
export function findProgram(name: string, file?: string, env?: Env): { readonly path: string } | { readonly missing: string };
export function howToGet(name: string): string;

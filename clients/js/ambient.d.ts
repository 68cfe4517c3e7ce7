// The parts of Node that src/node.js uses, so that its types need no package.
declare module "node:fs/promises" {
  export interface Stats {
    size: number;
    mtimeMs: number;
  }
  export interface FileHandle {
    read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
    appendFile(bytes: Uint8Array): Promise<void>;
    stat(): Promise<Stats>;
    sync(): Promise<void>;
    close(): Promise<void>;
    writeFile(text: string): Promise<void>;
  }
  export function open(path: string, flags: string, mode?: number): Promise<FileHandle>;
  export function readFile(path: string, encoding: "utf8"): Promise<string>;
  export function rename(from: string, to: string): Promise<void>;
  export function rm(path: string, options: { force: boolean }): Promise<void>;
  export function stat(path: string): Promise<Stats>;
  export function mkdir(path: string, options: { recursive: boolean; mode?: number }): Promise<unknown>;
}

declare module "node:path" {
  export function basename(path: string): string;
  export function dirname(path: string): string;
}

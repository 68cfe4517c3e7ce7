// What the scripts in static/js find in pages and no module declares: libraries that put themselves on the window, and
// what account.js offers. The DOM is declared loosely: what a selector finds is held by the tests in a browser.

interface StreamsiteAccount {
  signedOut(): string;
  forgetSignedOut(): void;
  isForeign(): boolean;
  isOver(): boolean;
}

// Set by the catalog of the page's language; see static/js/i18n.js.
interface StreamsiteCatalog {
  messages?: Record<string, string | string[]>;
  plural?: (count: number) => number;
}

declare var streamsiteCatalog: StreamsiteCatalog | undefined;
declare var streamsiteAccount: StreamsiteAccount | undefined;
declare var uPlot: any;
declare var SwaggerUIBundle: any;
declare var tus: any;
declare var ManagedMediaSource: typeof MediaSource | undefined;

interface Window {
  uPlot: any;
}

interface Navigator {
  connection?: { saveData?: boolean };
}

interface PerformanceEntry {
  type?: string;
}

interface MediaSession {
  setActionHandler(action: string, handler: ((details: any) => void) | null): void;
}

interface ParentNode {
  querySelector(selectors: string): any;
  querySelectorAll(selectors: string): NodeListOf<any>;
}

interface Document {
  getElementById(id: string): any;
  activeElement: any;
}

interface EventTarget {
  checked?: any;
  closest?: any;
  dataset?: any;
  elements?: any;
  matches?: any;
}

interface Element {
  click?: any;
  closest(selectors: string): any;
}

interface HTMLElement {
  value?: any;
}

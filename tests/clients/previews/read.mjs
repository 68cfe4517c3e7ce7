// Print as JSON what a parser of link previews reads at the address that is the last argument.
import ogs from "open-graph-scraper";

const url = process.argv.at(-1);
const response = await fetch(url);
if (!response.ok) throw new Error(`${response.status} for ${url}`);
const { error, result } = await ogs({ html: await response.text() });
if (error) throw new Error(result.error);
console.log(JSON.stringify(result));

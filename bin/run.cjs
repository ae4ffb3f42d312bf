const fs = require('node:fs');
const nodeModule = require('node:module');
const path = require('node:path');
const url = require('node:url');

const sources = path.join(__dirname, '..', 'src', 'cli', 'main.ts');
const built = path.join(__dirname, '..', 'dist', 'cli.js');

// Not the shared temporary folder that Node.js would take, nor a folder of somebody else's, as with a `sudo` that keeps HOME:
// whoever can write compiled code there acts as us.
const { HOME, XDG_CACHE_HOME } = process.env;
const cache = XDG_CACHE_HOME || (HOME && path.join(HOME, '.cache'));
const isOurs = (folder) => {
  if (!fs.existsSync(folder)) return isOurs(path.dirname(folder));
  return process.geteuid === undefined || fs.statSync(folder).uid === process.geteuid();
};
// A home that is not there (as services have it) is not made, either.
const isThere = cache && fs.existsSync(path.dirname(cache));
if (isThere && isOurs(cache)) nodeModule.enableCompileCache(path.join(cache, 'watchword', 'compiled'));

// Node.js 22 still calls its SQLite experimental; the versions we run on are the ones we test.
const emitWarning = process.emitWarning;
process.emitWarning = (warning, ...details) => {
  if (!String(warning).startsWith('SQLite is an experimental')) emitWarning.call(process, warning, ...details);
};

import(url.pathToFileURL(fs.existsSync(sources) ? sources : built).href);

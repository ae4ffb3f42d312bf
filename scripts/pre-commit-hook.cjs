#!/usr/bin/env node
// What the pre-commit framework calls in its own clone of this repository: fetches the packages the first time, a fit Node.js among them
// where the installed one is too old. Old-style JavaScript, as everything that runs before that.
var childProcess = require('child_process');
var fs = require('fs');
var path = require('path');

var root = path.dirname(__dirname);

function fetchPackages() {
  // Standard output is the framework's, which shows it when the hook fails.
  var options = { stdio: ['ignore', 2, 2] };
  var run = childProcess.spawnSync(process.execPath, [path.join(__dirname, 'with-node.cjs'), 'build'], options);
  if (run.status !== 0) process.exit(1);
}

if (!fs.existsSync(path.join(root, 'node_modules', '.installed'))) fetchPackages();
require('../bin/foreground.cjs')(process.execPath, [path.join(root, 'bin', 'watchword')].concat(process.argv.slice(2)));

// `node with-node.cjs NAME ...` runs the package script `do:NAME` on a fit Node.js, with its packages installed.
// Old-style JavaScript on purpose: whatever Node.js is installed must get as far as fetching a newer one.
var childProcess = require('child_process');
var crypto = require('crypto');
var fs = require('fs');
var path = require('path');

var root = path.dirname(__dirname);
var tools = path.join(root, 'tools', 'node');
var lockFile = path.join(root, '.installing');
var bundledNode = require('./bundled-node.cjs');

function fail(message) {
  console.error(message);
  process.exit(1);
}

// Content, not time: a fresh clone gives every file a new time.
function installed(folder) {
  var lock = fs.readFileSync(path.join(folder, 'package-lock.json'));
  var wanted = crypto.createHash('sha256').update(lock).update(process.platform + process.arch).digest('hex');
  var stamp = path.join(folder, 'node_modules', '.installed');
  var found = fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8');
  return { yes: found === wanted, wanted: wanted, stamp: stamp };
}

function install(folder, node) {
  if (installed(folder).yes) return;
  require('./install-lock.cjs').hold(lockFile, function () {
    var state = installed(folder);
    if (state.yes) return;
    console.error('Installing packages in ' + (path.relative(root, folder) || 'this folder') + ' (once) ...');
    fs.rmSync(state.stamp, { force: true });
    var npm = process.env.npm_execpath;
    var args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
    var byPath = !/npm-cli\.c?js$/.test(npm || '');
    var options = { cwd: folder, stdio: ['ignore', 2, 2], shell: byPath };
    var run = childProcess.spawnSync(byPath ? 'npm' : node, byPath ? args : [npm].concat(args), options);
    if (run.status !== 0) fail('The packages could not be installed: `npm ci` failed in ' + folder);
    fs.writeFileSync(state.stamp, state.wanted);
  });
}

var node = process.execPath;
if (!bundledNode.isFit(process.versions.node)) {
  install(tools, node);
  node = bundledNode.find(root) || fail('Needs Node.js 22.18 or newer; this is ' + process.version);
}
install(root, node);

process.env.NODE = node;
process.env.npm_node_execpath = node;
process.env.PATH = [path.dirname(node), path.join(root, 'node_modules', '.bin'), process.env.PATH].join(path.delimiter);
require('./run-script.cjs')(root, 'do:' + process.argv[2], process.argv.slice(3));

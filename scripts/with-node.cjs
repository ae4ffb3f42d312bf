// `node with-node.cjs NAME ...` runs the package script `do:NAME` on a fit Node.js, with its packages installed.
// Old-style JavaScript on purpose: whatever Node.js is installed must get as far as fetching a newer one.
var childProcess = require('child_process');
var crypto = require('crypto');
var fs = require('fs');
var path = require('path');
var bundledNode = require('../bin/bundled-node.cjs');

var root = path.dirname(__dirname);

function fail(message) {
  console.error(message);
  process.exit(1);
}

// Content, not time: a fresh clone gives every file a new time.
function installation(folder) {
  var lock = fs.readFileSync(path.join(folder, 'package-lock.json'));
  var wanted = crypto
    .createHash('sha256')
    .update(lock)
    .update(process.platform + process.arch)
    .digest('hex');
  var stamp = path.join(folder, 'node_modules', '.installed');
  return { wanted: wanted, stamp: stamp, current: fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted };
}

function install(folder, node) {
  if (installation(folder).current) return;
  require('./install-lock.cjs').hold(path.join(root, '.installing'), () => {
    var state = installation(folder);
    if (state.current) return;
    console.error('Installing ' + (folder === root ? 'packages' : 'Node.js 24 for this folder') + ', once ...');
    fs.rmSync(state.stamp, { force: true });
    var npm = process.env.npm_execpath;
    var args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
    var started = /npm-cli\.c?js$/.test(npm || '');
    var options = { cwd: folder, stdio: ['ignore', 2, 2], shell: !started };
    var run = childProcess.spawnSync(started ? node : 'npm', started ? [npm].concat(args) : args, options);
    if (run.status !== 0) fail('`npm ci` failed in ' + folder);
    fs.writeFileSync(state.stamp, state.wanted);
  });
}

function quote(argument) {
  if (process.platform === 'win32') return '"' + argument.replace(/"/g, '""') + '"';
  return "'" + argument.replace(/'/g, "'\\''") + "'";
}

function command(name, args) {
  var script = require('../package.json').scripts['do:' + name] || fail('There is no script do:' + name);
  // `exec`: signals must reach the script itself, not a shell in front of it. Of a chain only the last: nothing runs after it.
  if (process.platform !== 'win32') script = script.replace(/^(.*&& )?/, '$1exec ');
  return [script].concat(args.map(quote)).join(' ');
}

var node = process.execPath;
if (!bundledNode.isFit(process.versions.node)) {
  install(path.join(root, 'tools', 'node'), node);
  node = bundledNode.find() || fail('Needs Node.js 22.18 or newer; this is ' + process.version);
}
install(root, node);
process.env.NODE = process.env.npm_node_execpath = node;
process.env.PATH = [path.dirname(node), path.join(root, 'node_modules', '.bin'), process.env.PATH].join(path.delimiter);
require('../bin/foreground.cjs')(command(process.argv[2], process.argv.slice(3)), [], { cwd: root, shell: true });

// Which Node.js versions run our TypeScript, and where the one is that `tools/node` brings. Old-style JavaScript.
var fs = require('fs');
var path = require('path');

var root = path.dirname(__dirname);

/** 23.0 to 23.5 do not strip types by themselves. */
exports.isFit = (version) => {
  var parts = version.split('.').map(Number);
  return parts[0] > 23 || (parts[0] === 22 && parts[1] >= 18) || (parts[0] === 23 && parts[1] >= 6);
};

/** Path of the Node.js in `tools/node`, or undefined where it is not installed or not made for this machine. */
exports.find = () => {
  var windows = process.platform === 'win32';
  var name = 'node-' + (windows ? 'win' : process.platform) + '-' + process.arch;
  var file = path.join(root, 'tools', 'node', 'node_modules', name, 'bin', windows ? 'node.exe' : 'node');
  return fs.existsSync(file) ? file : undefined;
};

// Runs a package script in the foreground and becomes, for whoever started us, that script. Old-style JavaScript.
var childProcess = require('child_process');
var path = require('path');

var SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];

function quote(argument) {
  if (/^[\w./:=@%+,-]+$/.test(argument)) return argument;
  if (process.platform === 'win32') return '"' + argument.replace(/"/g, '""') + '"';
  return "'" + argument.replace(/'/g, "'\\''") + "'";
}

module.exports = function (root, name, args) {
  var script = require(path.join(root, 'package.json')).scripts[name];
  if (!script) {
    console.error('There is no script called ' + name);
    process.exit(1);
  }
  // `exec`: signals must reach the script itself, not a shell in front of it.
  var prefix = process.platform === 'win32' ? '' : 'exec ';
  var command = [prefix + script].concat(args.map(quote)).join(' ');
  var child = childProcess.spawn(command, { cwd: root, stdio: 'inherit', shell: true });
  SIGNALS.forEach(function (signal) {
    process.on(signal, function () {
      child.kill(signal);
    });
  });
  child.on('error', function (error) {
    console.error(error.message);
    process.exit(1);
  });
  child.on('exit', function (code) {
    process.exit(code === null ? 1 : code);
  });
};

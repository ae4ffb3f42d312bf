// Runs another program in our place, as far as whoever started us can tell. Old-style JavaScript.
var childProcess = require('child_process');
var os = require('os');

var SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];

/** Ends this process with the program's exit code; signals are passed on, and we wait for what it does about them. */
module.exports = (command, args, options) => {
  var child = childProcess.spawn(command, args, Object.assign({ stdio: 'inherit' }, options));
  SIGNALS.forEach((signal) => {
    process.on(signal, () => {
      child.kill(signal);
    });
  });
  child.on('error', (error) => {
    console.error(error.message);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    // As a shell tells that a program was ended by a signal.
    process.exit(code === null ? 128 + os.constants.signals[signal] : code);
  });
};

// One installation at a time, also between processes. Old-style JavaScript.
var fs = require('fs');

var LONGEST_MS = 15 * 60 * 1000;

function pause(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

// An owner that was killed leaves the file behind. The age covers a process number that was given out again.
function isStale(file) {
  try {
    if (Date.now() - fs.statSync(file).mtimeMs > LONGEST_MS) return true;
    process.kill(Number(fs.readFileSync(file, 'utf8')), 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

function take(file) {
  var mine = file + '.' + process.pid;
  fs.writeFileSync(mine, String(process.pid));
  try {
    // A link appears with its content or not at all, so nobody ever reads a lock without an owner.
    fs.linkSync(mine, file);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  } finally {
    fs.rmSync(mine, { force: true });
  }
}

// Of several waiters only one can rename it away; whoever took a fresh lock by mistake puts it back.
function clearStale(file) {
  var aside = file + '.stale.' + process.pid;
  try {
    fs.renameSync(file, aside);
    if (!isStale(aside)) fs.linkSync(aside, file);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  } finally {
    fs.rmSync(aside, { force: true });
  }
}

/** Runs `work` while no other process runs one under the same file. */
exports.hold = (file, work) => {
  while (!take(file)) {
    if (isStale(file)) clearStale(file);
    else pause(100);
  }
  function release() {
    fs.rmSync(file, { force: true });
  }
  process.once('exit', release);
  work();
  release();
  process.removeListener('exit', release);
};

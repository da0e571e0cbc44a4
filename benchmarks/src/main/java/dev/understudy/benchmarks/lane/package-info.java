/// What shadowing costs the champion, against its rivals and against not shadowing; behind the lane's part of
/// `docs/results.md`. Never run by the tests.
@NullMarked
package dev.understudy.benchmarks.lane;

import org.jspecify.annotations.NullMarked;

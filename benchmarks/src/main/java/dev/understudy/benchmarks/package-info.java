/// Measurements behind `docs/results.md`; never run by the tests.
@NullMarked
package dev.understudy.benchmarks;

import org.jspecify.annotations.NullMarked;

/// What shadowing costs the champion on an accelerator; behind `benchmarks/gpu/run-all`. Never run by the tests.
@NullMarked
package dev.understudy.benchmarks.gpu;

import org.jspecify.annotations.NullMarked;

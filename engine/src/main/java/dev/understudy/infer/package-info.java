/// What goes into an inference and what comes out, refusals included, as values.
@NullMarked
package dev.understudy.infer;

import org.jspecify.annotations.NullMarked;

/// The serve line: admission, batch, run, answer. Knows the shadow side only as a [Mirror].
@NullMarked
package dev.understudy.champion;

import org.jspecify.annotations.NullMarked;

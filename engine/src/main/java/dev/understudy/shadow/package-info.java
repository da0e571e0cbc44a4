/// The shadow line: sample, queue, batch, run, compare, account.
@NullMarked
package dev.understudy.shadow;

import org.jspecify.annotations.NullMarked;

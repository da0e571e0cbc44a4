/// The command line.
@NullMarked
package dev.understudy.cli;

import org.jspecify.annotations.NullMarked;

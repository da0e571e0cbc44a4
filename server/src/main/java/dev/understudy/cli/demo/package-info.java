/// The demonstration: a whole server, real input, and challengers dropped in while it runs.
@NullMarked
package dev.understudy.cli.demo;

import org.jspecify.annotations.NullMarked;

/// The composition root: the engine, its configuration and its limits.
@NullMarked
package dev.understudy.engine;

import org.jspecify.annotations.NullMarked;

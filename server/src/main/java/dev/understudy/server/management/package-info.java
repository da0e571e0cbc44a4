/// The control plane: status, metrics, sampling, comparisons.
@NullMarked
package dev.understudy.server.management;

import org.jspecify.annotations.NullMarked;

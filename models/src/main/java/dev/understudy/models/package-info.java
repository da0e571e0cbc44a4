/// Real models of a real data set, trained and exported in Java, and synthetic models by size for benchmarks.
@NullMarked
package dev.understudy.models;

import org.jspecify.annotations.NullMarked;

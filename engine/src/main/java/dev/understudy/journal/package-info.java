/// The durable record of comparisons, captures and events: DuckDB, embedded.
@NullMarked
package dev.understudy.journal;

import org.jspecify.annotations.NullMarked;

/// Traces of the data plane's requests, off unless the environment asks for them.
@NullMarked
package dev.understudy.server.tracing;

import org.jspecify.annotations.NullMarked;
